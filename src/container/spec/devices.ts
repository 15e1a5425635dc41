import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { isRootless } from '../../config/paths.ts';
import { SelkieError } from '../../errors.ts';
import { deviceMajor, deviceMinor } from '../../os/files.ts';
import type { OciDevice, OciDeviceCgroup, OciMount } from '../oci-spec.ts';

export class DeviceError extends SelkieError {}

export interface DeviceAdditions {
  devices: OciDevice[];
  rules: OciDeviceCgroup[];
  /** Rootless containers get binds: they cannot make nodes. */
  mounts: OciMount[];
}

/** `vendor/class=name`: a device that a CDI file describes. */
export function isCdiName(device: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]?\/[A-Za-z][A-Za-z0-9_-]*=[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?$/.test(device);
}

/** `--device HOST[:CONTAINER[:rwm]]`; a directory stands for all device nodes in it. */
export function addDevices(values: readonly string[]): DeviceAdditions {
  const additions: DeviceAdditions = { devices: [], rules: [], mounts: [] };
  for (const value of values) addFromPath(additions, value);
  return additions;
}

function addFromPath(additions: DeviceAdditions, value: string): void {
  const [given = '', ...rest] = value.split(':');
  let path = given;
  try {
    if (lstatSync(path).isSymbolicLink()) path = realpathSync(path);
  } catch {
    // reported by the stat below
  }
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    throw new DeviceError(`stat ${path}: no such file or directory`, { cause: error });
  }
  if (!isDirectory) {
    addDevice(additions, [path, ...rest].join(':'));
    return;
  }

  let destination = path;
  let mode = '';
  if (rest[0]?.startsWith('/')) destination = rest[0];
  else if (rest[0]) mode = rest[0];
  if (rest[1] !== undefined) {
    if (mode !== '') throw new DeviceError(`invalid device specification ${value}: invalid argument`);
    mode = rest[1];
  }
  const nodes = deviceNodesBelow(path);
  if (nodes.length === 0) throw new DeviceError(`no devices found in ${value}: invalid argument`);
  for (const node of nodes) {
    const place = posix.join(destination, node.slice(path.length));
    try {
      addDevice(additions, [node, place, ...(mode ? [mode] : [])].join(':'));
    } catch (error) {
      throw new DeviceError(`failed to add ${node} device: ${(error as Error).message}`, { cause: error });
    }
  }
}

function deviceNodesBelow(directory: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) found.push(...deviceNodesBelow(path));
    else if (entry.isBlockDevice() || entry.isCharacterDevice()) found.push(path);
  }
  return found;
}

export interface DeviceSpec {
  source: string;
  destination: string;
  permissions: string;
}

/** The parts of a `--device` value. @throws DeviceError */
export function parseDevice(value: string): DeviceSpec {
  const parts = value.split(':');
  const [source = '', second, third] = parts;
  const quoted = JSON.stringify(value);
  if (parts.length > 3) throw new DeviceError(`invalid device specification: ${value}`);
  const spec: DeviceSpec = { source, destination: '', permissions: 'rwm' };
  if (third !== undefined) {
    if (third === '') throw new DeviceError(`empty device mode in device specification: ${value}`);
    if (!isDeviceMode(third)) throw new DeviceError(`invalid device mode ${JSON.stringify(third)} in device ${quoted}`);
    spec.permissions = third;
  }
  if (second !== undefined) {
    if (isDeviceMode(second)) spec.permissions = second;
    else if (second !== '' && !second.startsWith('/'))
      throw new DeviceError(`invalid device mode ${JSON.stringify(second)} in device ${quoted}`);
    else spec.destination = second;
  }
  spec.destination ||= source;
  return spec;
}

function isDeviceMode(text: string): boolean {
  return text !== '' && new Set(text).size === text.length && [...text].every((letter) => 'rwm'.includes(letter));
}

function addDevice(additions: DeviceAdditions, value: string): void {
  const { source, destination, permissions } = parseDevice(value);
  const device = deviceAt(source);
  if (!device) throw new DeviceError(`${source} is not a valid device: not a device node`);
  if (isRootless()) {
    additions.mounts.push({
      destination,
      type: 'bind',
      source,
      options: ['slave', 'nosuid', 'noexec', permissions.includes('w') ? 'rw' : 'ro', 'rbind'],
    });
    return;
  }
  additions.devices.push({ ...device, path: destination });
  additions.rules.push({ allow: true, type: device.type, major: device.major, minor: device.minor, access: permissions });
}

/** The device node at a path, as the runtime is to make it; undefined for anything else. */
export function deviceAt(path: string): OciDevice | undefined {
  const stat = lstatSync(path, { bigint: true });
  const type = stat.isBlockDevice() ? 'b' : stat.isCharacterDevice() ? 'c' : stat.isFIFO() ? 'p' : undefined;
  if (type === undefined) return undefined;
  return {
    path,
    type,
    major: deviceMajor(stat.rdev),
    minor: deviceMinor(stat.rdev),
    fileMode: Number(stat.mode),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
  };
}

const skippedDirectories = ['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts'];

/** All of the host's devices, for `--privileged`. With systemd inside, the host's virtual consoles stay the host's. */
export function hostDevices(systemd: boolean, directory = '/dev'): OciDevice[] {
  const found: OciDevice[] = [];
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isRootless() || directory !== '/dev') return found;
    throw error;
  }
  for (const entry of entries) {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!skippedDirectories.includes(entry.name)) found.push(...hostDevices(systemd, path));
    } else if (entry.name !== 'console' && !entry.isSymbolicLink()) {
      try {
        const device = deviceAt(path);
        if (device && !(systemd && isVirtualConsole(path))) found.push(device);
      } catch {
        // gone since it was listed
      }
    }
  }
  return found;
}

const isVirtualConsole = (path: string): boolean => /^\/dev\/tty[0-9]+$/.test(path);

/** Binds of the host's devices for rootless `--privileged`: not those of terminals, which the runtime makes. */
export function hostDeviceBinds(systemd: boolean, taken: ReadonlySet<string>): OciMount[] {
  return hostDevices(systemd)
    .filter(({ path }) => path !== '/dev/ptmx' && path !== '/dev/tty' && !isVirtualConsole(path) && !taken.has(path))
    .map(({ path }) => ({ destination: path, type: 'bind', source: path, options: ['slave', 'nosuid', 'noexec', 'rw', 'rbind'] }));
}

/** The numbers of a block device for limits on it. */
export function deviceNumbers(path: string): { major: number; minor: number } {
  const stat = statSync(path, { bigint: true });
  return { major: deviceMajor(stat.rdev), minor: deviceMinor(stat.rdev) };
}

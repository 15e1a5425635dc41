import { mkdirSync } from 'node:fs';
import { isRootless } from '../../config/paths.ts';
import { warn } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import { isAlive } from '../../os/process.ts';
import type { Container } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import type { OciLinux, OciMount, OciProcess, OciSpec } from '../oci-spec.ts';
import { placeRootfsFiles } from '../rootfs-files/place.ts';
import { Rootfs } from '../rootfs-files/rootfs.ts';
import { artifactMounts } from './artifact-mounts.ts';
import { availableGids, sortMounts } from './default-mounts.ts';
import { hostDeviceBinds, hostDevices, isCdiName } from './devices.ts';
import { addHooks } from './hooks.ts';
import { systemHostname } from './hostname.ts';
import { ownMappings, requireMapped, splitAtOwnRanges, toHostId } from './id-mappings.ts';
import { relabelSource } from './labels.ts';
import { set } from './namespaces.ts';
import { startRlimits } from './rlimits.ts';
import { finishMountOptions } from './start-mount-options.ts';
import { extraMounts } from './start-mounts.ts';
import { prepareVolumes } from './start-volumes.ts';
import { addSystemd } from './systemd.ts';
import { type ProcessUser, UserDatabase } from './user-lookup.ts';
import { makeWorkdir } from './workdir.ts';

export interface FinishFacts {
  /** Where the container's root is mounted. */
  rootfs: string;
  /** The container's own network namespace, made by us; absent where the runtime makes it, shares it, or uses the host's. */
  netnsPath?: string;
}

/**
 * The OCI spec to start with: what create settled, with the user looked up inside the root, namespaces of running neighbours, named
 * volumes mounted and filled, the working directory made, and the files that every container gets. Repeatable for each start.
 * hosts and resolv.conf are empty until `writeNetworkFiles`. `container.state.bindMounts` says what was bound.
 * @throws SelkieError, after which `releaseMounts` takes back what was mounted
 */
export function finishSpec(engine: ContainerEngine, container: Container, facts: FinishFacts): OciSpec {
  const { config } = container;
  const spec = structuredClone(config.spec);
  const process = spec.process!;
  const linux = spec.linux!;
  mkdirSync(config.runDir, { recursive: true, mode: 0o700 });
  using rootfs = new Rootfs(facts.rootfs);
  let users = new UserDatabase(rootfs, userOverrides(config.spec.mounts ?? []));
  if (config.idMappings !== undefined) {
    const { uid, gid } = users.find(config.user);
    requireMapped('UID', uid, config.idMappings.uidMap);
    requireMapped('GID', gid, config.idMappings.gidMap);
  }
  const rootUid = toHostId(0, config.idMappings?.uidMap ?? []);
  const rootGid = toHostId(0, config.idMappings?.gidMap ?? []);

  const binds = placeRootfsFiles(engine, container, rootfs, users, rootUid, rootGid);
  if (config.sdnotify.mode === 'container' && config.sdnotify.socket !== undefined) placeNotifySocket(process, container, binds);
  // The user may have got an entry just now, and with it a home.
  if (config.user !== '') users = new UserDatabase(rootfs, userOverrides(config.spec.mounts ?? []));
  const user = users.find(config.user);
  const volumeBinds = prepareVolumes(engine, container, rootfs, user);
  makeWorkdir(container, rootfs, user);

  setUser(process, container, user, users);
  setNetwork(linux, container, facts.netnsPath);
  if (config.privileged) addHostDevices(spec, config.facts.systemd);
  let mounts = [...(spec.mounts ?? []), ...volumeBinds];
  finishMountOptions(mounts, container, user);
  mounts = [...mounts, ...boundFiles(container, binds, mounts)];
  mounts.push(...extraMounts(engine, container), ...artifactMounts(engine, container, rootfs));
  setHome(process, user);
  spec.mounts = mounts;
  if (config.facts.systemd) addSystemd(spec, container);
  joinNamespaces(engine, spec, container);
  setHostname(spec, container);
  spec.root = { ...spec.root, path: facts.rootfs };
  if (config.processLabel !== '') process.selinuxLabel = config.processLabel;
  if (config.mountLabel !== '') {
    linux.mountLabel = config.mountLabel;
    // Files of ours that are bound into the container become its own.
    for (const source of Object.values(binds)) if (source.startsWith(config.runDir)) relabelSource(source, config.mountLabel, false);
  }
  spec.annotations = { ...spec.annotations, ...lifecycleAnnotations(container) };
  setCgroup(linux, container);
  addCdiDevices(engine, spec, container);
  spec.mounts = sortMounts(spec.mounts).map((mount) =>
    mount.type === 'tmpfs' ? { ...mount, destination: rootfs.resolve(mount.destination) } : mount,
  );
  setPropagation(linux, spec.mounts);
  addHooks(engine, spec, container);
  addSecretVariables(engine, process, container);
  addListenVariables(process);
  process.rlimits = startRlimits(process.rlimits ?? []);
  container.state.bindMounts = binds;
  return spec;
}

/** Where the user mounts over /etc/passwd, /etc/group or all of /etc, the mounted files are the ones that count. */
function userOverrides(mounts: readonly OciMount[]): { passwd?: string; group?: string } {
  const overrides: { passwd?: string; group?: string } = {};
  for (const mount of mounts) {
    if (mount.type !== 'bind' || mount.source === undefined) continue;
    if (mount.destination === '/etc') {
      overrides.passwd ??= `${mount.source}/passwd`;
      overrides.group ??= `${mount.source}/group`;
    } else if (mount.destination === '/etc/passwd') overrides.passwd = mount.source;
    else if (mount.destination === '/etc/group') overrides.group = mount.source;
  }
  return overrides;
}

/** The directory in which conmon makes its own socket: what the container says there goes on to the service manager. */
function placeNotifySocket(process: OciProcess, { config }: Container, binds: Record<string, string>): void {
  const directory = `${config.staticDir}/notify`;
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  binds['/run/notify'] ??= directory;
  process.env = [...(process.env ?? []).filter((entry) => !entry.startsWith('NOTIFY_SOCKET=')), 'NOTIFY_SOCKET=/run/notify/notify.sock'];
}

function setUser(process: OciProcess, { config }: Container, user: ProcessUser, users: UserDatabase): void {
  const groups = new Set(process.user.additionalGids ?? []);
  if (config.user !== '') {
    process.user.uid = user.uid;
    process.user.gid = user.gid;
    groups.add(user.gid);
  }
  if (config.umask !== '') process.user.umask = Number.parseInt(config.umask, 8);
  for (const gid of users.groupIds(config.facts.groupAdd, ` for container ${config.id}`)) groups.add(gid);
  if (!config.user.includes(':')) for (const gid of reachableGroups(user.supplementary, config.idMappings?.gidMap)) groups.add(gid);
  if (groups.size > 0) process.user.additionalGids = [...groups];
}

function reachableGroups(gids: readonly number[], gidMap: OciLinux['gidMappings']): number[] {
  if (gids.length === 0) return [];
  const ranges = gidMap?.length ? gidMap : [{ containerID: 0, hostID: 0, size: isRootless() ? availableGids() : 2 ** 31 - 1 }];
  return gids.filter((gid) => {
    const mapped = ranges.some(({ containerID, size }) => gid >= containerID && gid < containerID + size);
    if (!mapped) warn(`Additional gid=${gid} is not present in the user namespace, skip setting it`);
    return mapped;
  });
}

function setNetwork(linux: OciLinux, { config }: Container, netnsPath: string | undefined): void {
  if (!config.network.createNamespace) return;
  linux.namespaces ??= [];
  set(linux.namespaces, 'network', netnsPath);
}

function addHostDevices(spec: OciSpec, systemd: boolean): void {
  const { linux } = spec;
  if (!linux) return;
  if (isRootless()) {
    const taken = new Set((spec.mounts ?? []).map(({ destination }) => destination));
    spec.mounts = [...hostDeviceBinds(systemd, taken), ...(spec.mounts ?? [])];
    if (linux.resources) delete linux.resources.devices;
    return;
  }
  const devices = linux.devices ?? [];
  const paths = new Set(devices.map(({ path }) => path));
  linux.devices = [...devices, ...hostDevices(systemd).filter(({ path }) => !paths.has(path))];
  linux.resources = { ...linux.resources, devices: [{ allow: true, access: 'rwm' }] };
}

/** The binds of the files that were written for the container, where the user has not put something else. */
function boundFiles({ config }: Container, binds: Record<string, string>, mounts: readonly OciMount[]): OciMount[] {
  const taken = new Set(mounts.map(({ destination }) => destination));
  return Object.entries(binds)
    .filter(([destination]) => !taken.has(destination))
    .map(([destination, source]) => {
      const options = ['bind', 'rprivate'];
      const isShm = destination === '/dev/shm';
      if (config.readOnly && (!isShm || !config.readWriteTmpfs)) options.push('ro', 'nosuid', 'noexec', 'nodev');
      if (isShm && !options.includes('nosuid')) options.push('nosuid', 'noexec', 'nodev');
      return { destination, type: 'bind', source, options };
    });
}

function setHome(process: OciProcess, user: ProcessUser): void {
  process.env ??= [];
  if (!process.env.some((entry) => entry.startsWith('HOME='))) process.env.push(`HOME=${user.home}`);
}

const kinds = { ipc: 'ipc', pid: 'pid', user: 'user', uts: 'uts', cgroup: 'cgroup' } as const;
const files = { ipc: 'ipc', pid: 'pid', user: 'user', uts: 'uts', cgroup: 'cgroup', network: 'net' } as const;

/** Namespaces of running containers, by their processes. */
function joinNamespaces(engine: ContainerEngine, spec: OciSpec, { config }: Container): void {
  const linux = spec.linux!;
  linux.namespaces ??= [];
  const join = (kind: keyof typeof files, id: string) => {
    const donor = engine.state.get(id);
    if (!donor || !isAlive(donor.state.pid, donor.state.pidStart))
      throw new SelkieError(`cannot get namespace path unless container ${id} is running: container is stopped`);
    set(linux.namespaces!, kind, `/proc/${donor.state.pid}/ns/${files[kind]}`);
  };
  for (const kind of Object.values(kinds)) {
    const { container } = config.namespaces[kind];
    if (container !== undefined) join(kind, container);
  }
  if (config.network.sharedWith !== undefined) join('network', config.network.sharedWith);
  if (config.namespaces.user.container !== undefined && !linux.uidMappings?.length) {
    linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
    linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
  }
  if (config.namespaces.user.text.startsWith('auto') && config.idMappings) {
    set(linux.namespaces, 'user');
    linux.uidMappings = config.idMappings.uidMap;
    linux.gidMappings = config.idMappings.gidMap;
  }
  if (linux.uidMappings?.length && isRootless()) {
    const own = ownMappings();
    linux.uidMappings = splitAtOwnRanges(linux.uidMappings, own.uidMap);
    linux.gidMappings = splitAtOwnRanges(linux.gidMappings ?? [], own.gidMap);
  }
}

/** A container with a UTS namespace of its own has its own name; HOSTNAME follows unless it was given. */
function setHostname(spec: OciSpec, { config }: Container): void {
  const own = spec.linux?.namespaces?.some(({ type, path }) => type === 'uts' && path === undefined) ?? false;
  const shared = config.namespaces.uts.kind === 'container';
  if (own) spec.hostname = config.hostname;
  else delete spec.hostname;
  const process = spec.process!;
  process.env ??= [];
  const { env } = process;
  if (!env.some((entry) => entry.startsWith('HOSTNAME='))) env.push(`HOSTNAME=${own || shared ? config.hostname : systemHostname()}`);
}

function lifecycleAnnotations({ config }: Container): Record<string, string> {
  return {
    'org.opencontainers.image.stopSignal': String(config.stopSignal),
    ...(config.stopSignal !== 0 ? { 'org.systemd.property.KillSignal': String(config.stopSignal) } : {}),
    ...(config.stopTimeout !== 0 ? { 'org.systemd.property.TimeoutStopUSec': `uint64 ${config.stopTimeout * 1_000_000}` } : {}),
    ...(config.spec.annotations?.['io.container.manager'] === undefined ? { 'io.container.manager': 'libpod' } : {}),
  };
}

function setCgroup(linux: OciLinux, { config, id }: Container): void {
  const path = cgroupPath(config, id);
  if (path !== '') linux.cgroupsPath = path;
}

/** Where the runtime puts the container; empty where it is to find a place, or to make none. */
function cgroupPath(config: Container['config'], id: string): string {
  if (config.cgroups === 'disabled') return '';
  if (config.cgroups === 'split') {
    const { ownCgroup } = require('./own-cgroup.ts') as typeof import('./own-cgroup.ts');
    return `${ownCgroup()}/libpod-payload-${id}`;
  }
  const parent = config.cgroupParent;
  if (config.cgroupManager === 'systemd') return `${parent.slice(parent.lastIndexOf('/') + 1)}:libpod:${id}`;
  if (isRootless() && (parent === '' || parent === '/libpod_parent')) return '';
  return `${parent.replace(/\/$/, '')}/libpod-${id}`;
}

function addCdiDevices(engine: ContainerEngine, spec: OciSpec, { config }: Container): void {
  const devices = (config.cdiDevices ?? []).filter(isCdiName);
  if (devices.length === 0) return;
  const { injectCdiDevices } = require('./cdi.ts') as typeof import('./cdi.ts');
  injectCdiDevices(spec, devices, engine.globals.cdiSpecDir ?? engine.conf.engine.cdi_spec_dirs);
}

/** A mount that is shared with the host, or follows it, needs a root that passes mounts on. */
function setPropagation(linux: OciLinux, mounts: readonly OciMount[]): void {
  const options = mounts.flatMap((mount) => mount.options ?? []);
  if (options.some((option) => option === 'shared' || option === 'rshared')) linux.rootfsPropagation = 'shared';
  else if (options.some((option) => option === 'slave' || option === 'rslave')) linux.rootfsPropagation = 'rslave';
}

function addSecretVariables(engine: ContainerEngine, process: OciProcess, { config }: Container): void {
  const entries = Object.entries(config.envSecrets);
  if (entries.length === 0) return;
  const { SecretStore } = require('../../secret/secret-store.ts') as typeof import('../../secret/secret-store.ts');
  const store = new SecretStore(engine.paths.secretsDir);
  process.env = (process.env ?? []).filter((entry) => !(entry.slice(0, entry.indexOf('=')) in config.envSecrets));
  for (const [name, secret] of entries) process.env.push(`${name}=${Buffer.from(store.value(secret)).toString('utf8')}`);
}

/** Socket activation: what systemd passed to us is meant for the container. */
function addListenVariables(spec: OciProcess): void {
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) {
    const value = process.env[name];
    if (value !== undefined) spec.env?.push(`${name}=${name === 'LISTEN_PID' ? '1' : value}`);
  }
}

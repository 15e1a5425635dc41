import { InvalidOption } from '../create-errors.ts';
import type { DeviceRate } from '../create-options.ts';
import type { OciDeviceCgroup, OciResources } from '../oci-spec.ts';
import { cut } from './cut.ts';
import { parseUint, ramInBytes } from './numbers.ts';

/** Resource flags as typed; absent or empty means not given. */
export interface ResourceFlags {
  memory?: string;
  memoryReservation?: string;
  memorySwap?: string;
  memorySwappiness?: number;
  oomKillDisable?: boolean;
  cpus?: number;
  cpuShares?: number;
  cpuPeriod?: number;
  cpuQuota?: number;
  cpuRtPeriod?: number;
  cpuRtRuntime?: number;
  cpusetCpus?: string;
  cpusetMems?: string;
  blkioWeight?: string;
  pidsLimit?: number;
  cgroupConf?: string[];
}

/** The limits that the flags ask for, or nothing where none is given. */
export function parseResources(flags: ResourceFlags): OciResources | undefined {
  const resources: OciResources = {};
  const memory = parseMemory(flags);
  if (memory) resources.memory = memory;
  if (flags.blkioWeight) {
    try {
      resources.blockIO = { weight: parseUint(flags.blkioWeight, 16) };
    } catch (error) {
      throw new InvalidOption(`invalid value for blkio-weight: ${(error as Error).message}`, { cause: error });
    }
  }
  if (flags.pidsLimit !== undefined) resources.pids = { limit: flags.pidsLimit };
  const cpu = parseCpu(flags);
  if (cpu) resources.cpu = cpu;
  for (const entry of flags.cgroupConf ?? []) {
    const [key, value] = cut(entry, '=');
    if (value === undefined) throw new InvalidOption('--cgroup-conf must be formatted KEY=VALUE');
    resources.unified = { ...resources.unified, [key]: value };
  }
  return Object.keys(resources).length > 0 ? resources : undefined;
}

function bytes(text: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw new InvalidOption(`invalid value for memory: ${(error as Error).message}`, { cause: error });
  }
}

function parseMemory(flags: ResourceFlags): OciResources['memory'] | undefined {
  const memory: NonNullable<OciResources['memory']> = {};
  let limited = false;
  if (flags.memory) {
    const limit = bytes(flags.memory);
    if (limit > 0) {
      memory.limit = limit;
      if (!flags.memorySwap) memory.swap = 2 * limit;
    }
    limited = true;
  }
  if (flags.memoryReservation) {
    memory.reservation = bytes(flags.memoryReservation);
    limited = true;
  }
  if (flags.memorySwap && flags.memorySwap !== '-1') {
    memory.swap = bytes(flags.memorySwap);
    limited = true;
  }
  if (flags.memorySwappiness !== undefined && flags.memorySwappiness >= 0) {
    memory.swappiness = flags.memorySwappiness;
    limited = true;
  }
  if (flags.oomKillDisable) {
    memory.disableOOMKiller = true;
    limited = true;
  }
  return limited ? memory : undefined;
}

function parseCpu(flags: ResourceFlags): OciResources['cpu'] | undefined {
  const cpu: NonNullable<OciResources['cpu']> = {};
  if (flags.cpus) {
    cpu.period = 100_000;
    cpu.quota = Math.trunc(flags.cpus * 100_000);
  }
  if (flags.cpuShares) cpu.shares = flags.cpuShares;
  if (flags.cpuPeriod) cpu.period = flags.cpuPeriod;
  if (flags.cpusetCpus) cpu.cpus = flags.cpusetCpus;
  if (flags.cpusetMems) cpu.mems = flags.cpusetMems;
  if (flags.cpuQuota && flags.cpuQuota > 0) cpu.quota = flags.cpuQuota;
  if (flags.cpuRtPeriod) cpu.realtimePeriod = flags.cpuRtPeriod;
  if (flags.cpuRtRuntime) cpu.realtimeRuntime = flags.cpuRtRuntime;
  return Object.keys(cpu).length > 0 ? cpu : undefined;
}

function splitDevice(value: string): [string, string] {
  const [path, rest] = cut(value, ':');
  if (rest === undefined) throw new InvalidOption(`bad format: ${value}`);
  if (!path.startsWith('/dev/')) throw new InvalidOption(`bad format for device path: ${value}`);
  return [path, rest];
}

/** Later values for a device replace earlier ones. */
function byDevice<T extends { path: string }>(entries: T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

/** `--blkio-weight-device /dev/x:WEIGHT`. */
export function parseWeightDevices(values: string[]): { path: string; weight: number }[] {
  return byDevice(
    values.map((value) => {
      const [path, text] = splitDevice(value);
      const weight = /^[0-9]+$/.test(text) ? Number(text) : -1;
      if (weight < 0 || (weight > 0 && (weight < 10 || weight > 1000))) throw new InvalidOption(`invalid weight for device: ${value}`);
      return { path, weight };
    }),
  );
}

/** `--device-read-bps /dev/x:1mb`. */
export function parseBpsDevices(values: string[]): DeviceRate[] {
  return byDevice(
    values.map((value) => {
      const [path, text] = splitDevice(value);
      try {
        return { path, rate: ramInBytes(text) };
      } catch (error) {
        throw new InvalidOption(
          `invalid rate for device: ${value}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`,
          { cause: error },
        );
      }
    }),
  );
}

/** `--device-read-iops /dev/x:1000`. */
export function parseIopsDevices(values: string[]): DeviceRate[] {
  return byDevice(
    values.map((value) => {
      const [path, text] = splitDevice(value);
      if (!/^[0-9]+$/.test(text))
        throw new InvalidOption(
          `invalid rate for device: ${value}. The correct format is <device-path>:<number>. Number must be a positive integer`,
        );
      return { path, rate: Number(text) };
    }),
  );
}

/** `--device-cgroup-rule 'c 42:* rmw'`. */
export function parseDeviceCgroupRule(rule: string): OciDeviceCgroup {
  const [type = '', numbers = '', access = '', ...more] = rule.split(' ');
  if (rule.split(' ').length !== 3 || more.length > 0)
    throw new InvalidOption(`invalid device cgroup rule requires type, major:Minor, and access rules: ${JSON.stringify(rule)}`);
  if (!['a', 'b', 'c'].includes(type)) throw new InvalidOption(`invalid device type in device-access-add: ${type}`);
  const parsed: OciDeviceCgroup = { allow: true, type, access };
  const [major, minor] = cut(numbers, ':');
  if (major !== '*') parsed.major = parseUint(major);
  if (minor !== undefined && minor !== '*') parsed.minor = parseUint(minor);
  for (const letter of access) {
    if (!'rwm'.includes(letter)) throw new InvalidOption(`invalid device access in device-access-add: ${letter}`);
  }
  return parsed;
}

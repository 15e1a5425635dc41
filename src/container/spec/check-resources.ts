import { existsSync, readFileSync } from 'node:fs';
import { isRootless } from '../../config/paths.ts';
import { InvalidOption } from '../create-errors.ts';
import type { CreateOptions } from '../create-options.ts';
import type { OciResources, OciSpec } from '../oci-spec.ts';

type Tell = (text: string) => void;

const root = '/sys/fs/cgroup';

/**
 * Drops limits that this host's cgroups cannot set, saying so, and refuses values that they would refuse.
 * @throws InvalidOption
 */
export function checkResources(spec: OciSpec, options: CreateOptions, tell: Tell): void {
  const resources = spec.linux?.resources;
  if (!resources) return;
  if (existsSync(`${root}/cgroup.controllers`)) checkUnified(resources, tell);
  else checkLegacy(resources, options, tell);
}

function checkUnified(resources: OciResources, tell: Tell): void {
  const { memory, cpu } = resources;
  if (memory?.swap !== undefined) {
    const own = readFileSync('/proc/self/cgroup', 'latin1').trim().split('::')[1] ?? '/';
    if (own !== '/' && existsSync(`${root}${own}/memory.max`) && !existsSync(`${root}${own}/memory.swap.max`)) {
      tell('Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.');
      delete memory.swap;
    }
  }
  if (cpu?.realtimePeriod !== undefined) {
    tell('Realtime period not supported on cgroups V2 systems');
    delete cpu.realtimePeriod;
  }
  if (cpu?.realtimeRuntime !== undefined) {
    tell('Realtime runtime not supported on cgroups V2 systems');
    delete cpu.realtimeRuntime;
  }
}

function checkLegacy(resources: OciResources, options: CreateOptions, tell: Tell): void {
  if (isRootless()) {
    const asked = options.resources !== undefined || resources.blockIO !== undefined;
    for (const kind of ['memory', 'cpu', 'pids', 'blockIO', 'unified'] as const) delete resources[kind];
    if (asked) tell('Resource limits are not supported and ignored on cgroups V1 rootless systems');
    return;
  }
  if (resources.unified) throw new InvalidOption('cannot use --cgroup-conf without cgroup v2');
  if (resources.memory) checkMemory(resources.memory, tell);
  if (resources.pids && resources.pids.limit >= 0 && !existsSync(`${root}/pids`)) {
    tell('Your kernel does not support pids limit capabilities or the cgroup is not mounted. PIDs limit discarded.');
    delete resources.pids;
  }
  if (resources.cpu) checkCpu(resources.cpu, tell);
  if (resources.blockIO) checkBlockIo(resources.blockIO, tell);
}

function checkMemory(memory: NonNullable<OciResources['memory']>, tell: Tell): void {
  const has = (file: string) => existsSync(`${root}/memory/memory.${file}`);
  if (memory.limit !== undefined && !has('limit_in_bytes')) {
    tell('Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.');
    delete memory.limit;
    delete memory.swap;
  }
  if (memory.limit !== undefined && memory.swap !== undefined && !has('memsw.limit_in_bytes')) {
    tell('Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.');
    delete memory.swap;
  }
  if (memory.limit !== undefined && memory.swap !== undefined && memory.swap < memory.limit)
    throw new InvalidOption('minimum memoryswap limit should be larger than memory limit, see usage');
  if (memory.limit === undefined && memory.swap !== undefined)
    throw new InvalidOption('you should always set a memory limit when using a memoryswap limit, see usage');
  if (memory.swappiness !== undefined) {
    if (!has('swappiness')) {
      tell('Your kernel does not support memory swappiness capabilities, or the cgroup is not mounted. Memory swappiness discarded.');
      delete memory.swappiness;
    } else if (memory.swappiness > 100)
      throw new InvalidOption(`invalid value: ${memory.swappiness}, valid memory swappiness range is 0-100`);
  }
  if (memory.reservation !== undefined && !has('soft_limit_in_bytes')) {
    tell('Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.');
    delete memory.reservation;
  }
  if (memory.limit !== undefined && memory.reservation !== undefined && memory.limit < memory.reservation)
    throw new InvalidOption('minimum memory limit cannot be less than memory reservation limit, see usage');
  if (memory.disableOOMKiller && !has('oom_control')) {
    tell('Your kernel does not support OomKillDisable. OomKillDisable discarded.');
    delete memory.disableOOMKiller;
  }
}

function checkCpu(cpu: NonNullable<OciResources['cpu']>, tell: Tell): void {
  const has = (file: string) => existsSync(`${root}/cpu/cpu.${file}`);
  if (cpu.shares !== undefined && !has('shares')) {
    tell('Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.');
    delete cpu.shares;
  }
  if (cpu.period !== undefined && !has('cfs_period_us')) {
    tell('Your kernel does not support CPU cfs period or the cgroup is not mounted. Period discarded.');
    delete cpu.period;
  }
  if (cpu.period !== undefined && (cpu.period < 1000 || cpu.period > 1_000_000))
    throw new InvalidOption('CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (cpu.quota !== undefined && !has('cfs_quota_us')) {
    tell('Your kernel does not support CPU cfs quota or the cgroup is not mounted. Quota discarded.');
    delete cpu.quota;
  }
  if (cpu.quota !== undefined && cpu.quota >= 0 && cpu.quota < 1000)
    throw new InvalidOption('CPU cfs quota cannot be less than 1ms (i.e. 1000)');
  if ((cpu.cpus || cpu.mems) && !existsSync(`${root}/cpuset`)) {
    tell('Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.');
    delete cpu.cpus;
    delete cpu.mems;
  }
  checkSet(cpu.cpus, 'cpuset.cpus', 'CPUs', 'cpuset cpus');
  checkSet(cpu.mems, 'cpuset.mems', 'memory nodes', 'cpuset mems');
}

function checkSet(asked: string | undefined, file: string, what: string, name: string): void {
  if (!asked) return;
  const wanted = parseList(asked);
  if (!wanted) throw new InvalidOption(`invalid value ${asked} for ${name}`);
  const available = readFileSync(`${root}/cpuset/${file}`, 'latin1').trim();
  const there = new Set(parseList(available));
  if (wanted.some((number) => !there.has(number)))
    throw new InvalidOption(`requested ${what} are not available - requested ${asked}, available: ${available}`);
}

/** `0-3,7`. */
function parseList(text: string): number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (last < first || last > 8192) return undefined;
    for (let number = first; number <= last; number++) numbers.push(number);
  }
  return numbers;
}

function checkBlockIo(io: NonNullable<OciResources['blockIO']>, tell: Tell): void {
  const has = (file: string) => existsSync(`${root}/blkio/blkio.${file}`);
  if (io.weight !== undefined && !has('weight')) {
    tell('Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.');
    delete io.weight;
  }
  if (io.weight !== undefined && (io.weight > 1000 || io.weight < 10)) throw new InvalidOption('range of blkio weight is from 10 to 1000');
  const limits = [
    ['throttleReadBpsDevice', 'throttle.read_bps_device', 'BPS Block I/O read', 'BPS read', ''],
    ['throttleWriteBpsDevice', 'throttle.write_bps_device', 'BPS Block I/O write', 'BPS write', '.'],
    ['throttleReadIOPSDevice', 'throttle.read_iops_device', 'IOPS Block read', 'IOPS read', '.'],
    ['throttleWriteIOPSDevice', 'throttle.write_iops_device', 'IOPS Block I/O write', 'IOPS write', '.'],
  ] as const;
  for (const [key, file, what, short, end] of limits) {
    if (!io[key] || has(file)) continue;
    tell(`Your kernel does not support ${what} limit or the cgroup is not mounted. Block I/O ${short} limit discarded${end}`);
    delete io[key];
  }
}

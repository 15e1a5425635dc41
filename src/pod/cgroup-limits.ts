import type { OciResources } from '../container/oci-spec.ts';

/** A value for a file of a cgroup; on version 1 the file is in the controller's own hierarchy. */
export interface CgroupValue {
  controller: string;
  file: string;
  value: string;
}

/** The limits as files of version 1, in the order in which the kernel takes them. */
export function legacyLimits({ cpu = {}, memory = {}, blockIO = {}, pids }: OciResources): CgroupValue[] {
  return present([
    ['cpu', 'cpu.shares', cpu.shares],
    ['cpu', 'cpu.cfs_period_us', cpu.period],
    ['cpu', 'cpu.cfs_quota_us', cpu.quota],
    ['cpuset', 'cpuset.cpus', cpu.cpus],
    ['cpuset', 'cpuset.mems', cpu.mems],
    ['memory', 'memory.limit_in_bytes', memory.limit],
    ['memory', 'memory.memsw.limit_in_bytes', memory.swap],
    ['memory', 'memory.soft_limit_in_bytes', memory.reservation],
    ['pids', 'pids.max', pids?.limit],
    ['blkio', 'blkio.weight', blockIO.weight],
    ...(blockIO.weightDevice ?? []).map(of('blkio', 'blkio.weight_device', 'weight')),
    ...(blockIO.throttleReadBpsDevice ?? []).map(of('blkio', 'blkio.throttle.read_bps_device', 'rate')),
    ...(blockIO.throttleWriteBpsDevice ?? []).map(of('blkio', 'blkio.throttle.write_bps_device', 'rate')),
    ...(blockIO.throttleReadIOPSDevice ?? []).map(of('blkio', 'blkio.throttle.read_iops_device', 'rate')),
    ...(blockIO.throttleWriteIOPSDevice ?? []).map(of('blkio', 'blkio.throttle.write_iops_device', 'rate')),
  ]);
}

/** The same for version 2, converted as the OCI runtimes do. */
export function unifiedLimits({ cpu = {}, memory = {}, blockIO = {}, pids }: OciResources): CgroupValue[] {
  return present([
    ['cpu', 'cpu.weight', cpu.shares && cpuWeight(cpu.shares)],
    ['cpu', 'cpu.max', cpu.quota || cpu.period ? `${(cpu.quota ?? 0) > 0 ? cpu.quota : 'max'} ${cpu.period || 100_000}` : undefined],
    ['cpuset', 'cpuset.cpus', cpu.cpus],
    ['cpuset', 'cpuset.mems', cpu.mems],
    ['memory', 'memory.max', unlimited(memory.limit)],
    ['memory', 'memory.swap.max', swapMax(memory)],
    ['memory', 'memory.low', memory.reservation],
    ['pids', 'pids.max', unlimited(pids?.limit)],
    ['io', 'io.bfq.weight', blockIO.weight],
    ...(blockIO.weightDevice ?? []).map(of('io', 'io.bfq.weight', 'weight')),
    ...(blockIO.throttleReadBpsDevice ?? []).map(of('io', 'io.max', 'rate', 'rbps=')),
    ...(blockIO.throttleWriteBpsDevice ?? []).map(of('io', 'io.max', 'rate', 'wbps=')),
    ...(blockIO.throttleReadIOPSDevice ?? []).map(of('io', 'io.max', 'rate', 'riops=')),
    ...(blockIO.throttleWriteIOPSDevice ?? []).map(of('io', 'io.max', 'rate', 'wiops=')),
  ]);
}

/** The same as properties of a slice of systemd. */
export function sliceProperties({ cpu = {}, memory = {}, blockIO = {}, pids }: OciResources): string[] {
  const properties: Record<string, string | number | undefined> = {
    CPUWeight: cpu.shares && cpuWeight(cpu.shares),
    CPUQuota: cpu.quota && cpu.quota > 0 ? `${Math.round((cpu.quota / (cpu.period || 100_000)) * 100)}%` : undefined,
    AllowedCPUs: cpu.cpus,
    AllowedMemoryNodes: cpu.mems,
    MemoryMax: memory.limit,
    MemorySwapMax: swapMax(memory),
    MemoryLow: memory.reservation,
    TasksMax: pids?.limit,
    IOWeight: blockIO.weight,
  };
  return Object.entries(properties).flatMap(([name, value]) => (value ? [`${name}=${value}`] : []));
}

type Row = [controller: string, file: string, value: string | number | undefined];

const present = (rows: Row[]): CgroupValue[] =>
  rows.flatMap(([controller, file, value]) =>
    value === undefined || value === 0 || value === '' ? [] : [{ controller, file, value: String(value) }],
  );

const of =
  <K extends string>(controller: string, file: string, key: K, prefix = '') =>
  (device: { major: number; minor: number } & { [name in K]?: number }): Row => [
    controller,
    file,
    `${device.major}:${device.minor} ${prefix}${device[key] ?? 0}`,
  ];

/** Shares run from 2 to 262144, weights from 1 to 10000. */
const cpuWeight = (shares: number): number => 1 + Math.trunc(((shares - 2) * 9999) / 262142);

const unlimited = (value: number | undefined): string | number | undefined => (value !== undefined && value < 0 ? 'max' : value);

/** Version 2 counts swap alone, where the option counts memory and swap together. */
function swapMax({ limit = 0, swap }: NonNullable<OciResources['memory']>): string | number | undefined {
  if (swap === undefined || swap === 0) return undefined;
  return swap < 0 ? 'max' : String(Math.max(0, swap - limit));
}

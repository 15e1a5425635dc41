import { parseBpsDevices, parseIopsDevices, parseResources, parseWeightDevices } from '../../container/options/resources.ts';
import type { ContainerChanges } from '../../container/update.ts';

/** The flags for limits that all have who set them. */
export interface LimitFlags {
  readonly memory: string;
  readonly 'memory-reservation': string;
  readonly 'memory-swap': string;
  readonly 'memory-swappiness': number;
  readonly cpus: number;
  readonly 'cpu-shares': number;
  readonly 'cpu-period': number;
  readonly 'cpu-quota': number;
  readonly 'cpu-rt-period': number;
  readonly 'cpu-rt-runtime': number;
  readonly 'cpuset-cpus': string;
  readonly 'cpuset-mems': string;
  readonly 'blkio-weight': string;
  readonly 'blkio-weight-device': readonly string[];
  readonly 'device-read-bps': readonly string[];
  readonly 'device-write-bps': readonly string[];
  readonly 'device-read-iops'?: readonly string[];
  readonly 'device-write-iops'?: readonly string[];
}

/** What the flags change about the limits of a container that exists. */
export function limitChanges(flags: LimitFlags, pidsLimit?: number): ContainerChanges {
  const resources = parseResources({ ...limitTexts(flags), ...(pidsLimit === undefined ? {} : { pidsLimit }) });
  return { ...(resources ? { resources } : {}), ...deviceLimits(flags) };
}

/** The flags under the names that `parseResources` reads. */
export const limitTexts = (flags: LimitFlags) => ({
  memory: flags.memory,
  memoryReservation: flags['memory-reservation'],
  memorySwap: flags['memory-swap'],
  memorySwappiness: flags['memory-swappiness'],
  cpus: flags.cpus,
  cpuShares: flags['cpu-shares'],
  cpuPeriod: flags['cpu-period'],
  cpuQuota: flags['cpu-quota'],
  cpuRtPeriod: flags['cpu-rt-period'],
  cpuRtRuntime: flags['cpu-rt-runtime'],
  cpusetCpus: flags['cpuset-cpus'],
  cpusetMems: flags['cpuset-mems'],
  blkioWeight: flags['blkio-weight'],
});

/** Weights and rates of single devices. */
export const deviceLimits = (flags: LimitFlags) => ({
  weightDevices: parseWeightDevices([...flags['blkio-weight-device']]),
  readBps: parseBpsDevices([...flags['device-read-bps']]),
  writeBps: parseBpsDevices([...flags['device-write-bps']]),
  readIops: parseIopsDevices([...(flags['device-read-iops'] ?? [])]),
  writeIops: parseIopsDevices([...(flags['device-write-iops'] ?? [])]),
});

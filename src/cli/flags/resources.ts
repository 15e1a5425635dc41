import { flag } from '../flag.ts';

/** Limits on what a container may use. */
export const resources = {
  'blkio-weight': flag.string({ summary: 'Share of input and output among containers, from 10 to 1000' }),
  'blkio-weight-device': flag.stringArray({
    valueName: 'DEVICE_NAME:WEIGHT',
    summary: "Share of this device's input and output: DEVICE:WEIGHT",
  }),
  'cgroup-conf': flag.strings({ summary: 'Line for a file of the cgroup (v2): file=value' }),
  'cgroup-parent': flag.string({ summary: "Cgroup under which the container's is made" }),
  cgroups: flag.string({
    default: 'enabled',
    summary: 'Whether and how conmon and the container get cgroups',
    choices: ['disabled', 'enabled', 'no-conmon', 'split'],
  }),
  'cpu-period': flag.uint({ summary: 'Period in which CPU time is limited (CFS), in microseconds' }),
  'cpu-quota': flag.int({ summary: 'CPU time in each period (CFS), in microseconds' }),
  'cpu-rt-period': flag.uint({ summary: 'Period in which real-time CPU time is limited, in microseconds' }),
  'cpu-rt-runtime': flag.int({ summary: 'Real-time CPU time in each period, in microseconds' }),
  'cpu-shares': flag.uint({ short: 'c', summary: 'Share of CPU time among containers' }),
  cpus: flag.float({ summary: 'How many CPUs may be used, in fractions' }),
  'cpuset-cpus': flag.string({ summary: 'CPUs that may be used: 0-3, 0,1' }),
  'cpuset-mems': flag.string({ summary: 'Memory nodes that may be used: 0-3, 0,1' }),
  'device-read-bps': flag.stringArray({ summary: 'Limit of reading from a device, in bytes a second: DEVICE:RATE' }),
  'device-read-iops': flag.stringArray({ summary: 'Limit of reading from a device, in operations a second: DEVICE:RATE' }),
  'device-write-bps': flag.stringArray({ summary: 'Limit of writing to a device, in bytes a second: DEVICE:RATE' }),
  'device-write-iops': flag.stringArray({ summary: 'Limit of writing to a device, in operations a second: DEVICE:RATE' }),
  'kernel-memory': flag.string({ hidden: true, summary: 'Accepted; without effect' }),
  memory: flag.string({ short: 'm', valueName: '<number>[<unit>]', summary: 'Limit of memory, with b, k, m or g' }),
  'memory-reservation': flag.string({ valueName: '<number>[<unit>]', summary: 'Memory that is left to the container when it is scarce' }),
  'memory-swap': flag.string({ summary: 'Memory and swap taken together; -1 for no limit' }),
  'memory-swappiness': flag.int({ default: -1, summary: 'How readily memory is swapped, from 0 to 100' }),
  'oom-kill-disable': flag.bool({ summary: 'Do not kill when memory is exhausted' }),
  'oom-score-adj': flag.int({ summary: 'How readily it is killed when memory is short, from -1000 to 1000' }),
  'pids-limit': flag.int({ defaultText: '2048', summary: 'How many processes it may have; 0 or -1 for no limit' }),
  'rdt-class': flag.string({ summary: 'Class of cache and memory bandwidth (Intel RDT)' }),
  'shm-size': flag.string({ defaultText: '"65536k"', valueName: '<number>[<unit>]', summary: 'Size of /dev/shm' }),
  'shm-size-systemd': flag.string({ valueName: '<number>[<unit>]', summary: 'Size of the tmpfs for systemd' }),
  ulimit: flag.strings({
    defaultText: '[nofile=20000:20000,nproc=32768:32768]',
    summary: 'Limit of a process: NAME=SOFT[:HARD]; "host" for the host\'s',
  }),
};

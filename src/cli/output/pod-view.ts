import { hidden } from './image-view.ts';

/** The names of Go's fields by those of the JSON, where they differ. */
const renamed = {
  Id: 'ID',
  cpu_period: 'CPUPeriod',
  cpu_quota: 'CPUQuota',
  cpu_shares: 'CPUShares',
  cpuset_cpus: 'CPUSetCPUs',
  cpuset_mems: 'CPUSetMems',
  mounts: 'Mounts',
  devices: 'Devices',
  device_read_bps: 'BlkioDeviceReadBps',
  device_write_bps: 'BlkioDeviceWriteBps',
  volumes_from: 'VolumesFrom',
  security_opt: 'SecurityOpts',
  memory_limit: 'MemoryLimit',
  memory_swap: 'MemorySwap',
  blkio_weight: 'BlkioWeight',
  blkio_weight_device: 'BlkioWeightDevice',
  pid_ns: 'PidNS',
  userns: 'UserNS',
  uts_ns: 'UtsNS',
} as const;

/** What JSON leaves out where it is empty; a template may ask for it all the same. */
const empty = {
  Namespace: '',
  CreateCommand: [],
  ExitPolicy: '',
  Labels: {},
  CgroupParent: '',
  CgroupPath: '',
  InfraContainerID: '',
  InfraConfig: null,
  SharedNamespaces: [],
  Containers: [],
  CPUPeriod: 0,
  CPUQuota: 0,
  CPUShares: 0,
  CPUSetCPUs: '',
  CPUSetMems: '',
  Mounts: [],
  Devices: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  VolumesFrom: [],
  SecurityOpts: [],
  MemoryLimit: 0,
  MemorySwap: 0,
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  RestartPolicy: '',
};

/** An inspected pod as templates see it: under the names of Go's fields; as JSON it is what was inspected. */
export function podView(pod: Record<string, unknown>): object {
  const { InfraConfig: infra } = pod;
  return hidden(
    {
      ...empty,
      ...underGoNames(pod),
      ...(infra ? { InfraConfig: hidden(underGoNames(infra as Record<string, unknown>), infra) } : {}),
      ...(Array.isArray(pod['Containers']) ? { Containers: pod['Containers'].map((one) => hidden(underGoNames(one), one)) } : {}),
    },
    pod,
  );
}

function underGoNames(fields: Record<string, unknown>): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) named[(renamed as Record<string, string | undefined>)[key] ?? key] = value;
  return named;
}

import type { ContainersConf } from '../config/containers-conf.ts';
import { isRootless } from '../config/paths.ts';
import type { OciMount, OciSpec } from '../container/oci-spec.ts';
import { parseUlimits } from '../container/options/ulimits.ts';
import { ociVersion } from '../container/spec/build-spec.ts';
import { mergeCapabilities, processCapabilities } from '../container/spec/capabilities.ts';
import { kernelPaths } from '../container/spec/masked-paths.ts';
import { specRlimits, startRlimits } from '../container/spec/rlimits.ts';
import { containerSeccomp } from '../container/spec/seccomp.ts';
import type { ProcessUser } from '../container/spec/user-lookup.ts';
import type { RunLimits } from './build-options.ts';
import { ContainerfileError } from './errors.ts';

export interface RunSpecRequest {
  conf: ContainersConf;
  limits: RunLimits;
  rootfs: string;
  args: string[];
  env: string[];
  cwd: string;
  user: ProcessUser;
  userText: string;
  /** Of --group-add. */
  extraGroups: number[];
  hostname: string;
  cgroupName: string;
  /** Path of the network namespace; undefined for the host's. */
  networkNamespace?: string;
  /** Binds of hosts, resolv.conf and the step's own mounts. */
  mounts: OciMount[];
  hasCgroups: boolean;
}

/** The runtime's configuration for one RUN: what podman gives a container by default, without a terminal. */
export function runSpec(request: RunSpecRequest): OciSpec {
  const { conf, limits, user } = request;
  const capabilities = mergeCapabilities(conf.containers.default_capabilities, limits.capAdd, limits.capDrop);
  const security = securityOptions(limits.securityOpts);
  const bounding = processCapabilities({
    privileged: false,
    defaults: capabilities,
    add: limits.capAdd,
    drop: [],
    labels: {},
    user: request.userText,
    keepId: false,
  });
  const rlimits = startRlimits(specRlimits(parseUlimits([...conf.containers.default_ulimits, ...limits.ulimits])));
  return {
    ociVersion,
    process: {
      user: {
        uid: user.uid,
        gid: user.gid,
        umask: 0o22,
        additionalGids: [...new Set([user.gid, ...user.supplementary, ...request.extraGroups])],
      },
      args: request.args,
      env: request.env,
      cwd: request.cwd,
      capabilities: bounding,
      rlimits,
      noNewPrivileges: security.noNewPrivileges,
    },
    root: { path: request.rootfs },
    hostname: request.hostname,
    mounts: [...baseMounts(limits, request), ...request.mounts],
    linux: {
      cgroupsPath: request.hasCgroups ? `${limits.cgroupParent ?? '/buildah'}/${request.cgroupName}` : undefined,
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        ...(request.hasCgroups ? resources(limits) : {}),
      },
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        ...(request.networkNamespace ? [{ type: 'network' as const, path: request.networkNamespace }] : []),
      ],
      seccomp: containerSeccomp({
        profile: security.seccomp,
        configured: conf.containers.seccomp_profile,
        privileged: false,
        bounding: bounding.bounding ?? [],
      }),
      ...kernelPaths(false, [], security.unmask),
    },
  };
}

function resources(limits: RunLimits): NonNullable<NonNullable<OciSpec['linux']>['resources']> {
  const { memory, memorySwap, cpuShares, cpuPeriod, cpuQuota, cpusetCpus, cpusetMems } = limits;
  return {
    ...(memory || memorySwap ? { memory: { limit: memory, swap: memorySwap } } : {}),
    ...(cpuShares || cpuPeriod || cpuQuota || cpusetCpus || cpusetMems
      ? { cpu: { shares: cpuShares, period: cpuPeriod, quota: cpuQuota, cpus: cpusetCpus, mems: cpusetMems } }
      : {}),
  };
}

function baseMounts(limits: RunLimits, request: RunSpecRequest): OciMount[] {
  const sysfs: OciMount =
    request.networkNamespace || !isRootless()
      ? { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] }
      : { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] };
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    sysfs,
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...(isRootless() ? [] : ['gid=5'])],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${limits.shmSize ?? 64 << 20}`],
    },
    ...(request.hasCgroups
      ? [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'] }]
      : []),
  ];
}

function securityOptions(options: readonly string[]): { seccomp?: string; noNewPrivileges: boolean; unmask: string[] } {
  const result: { seccomp?: string; noNewPrivileges: boolean; unmask: string[] } = { noNewPrivileges: false, unmask: [] };
  for (const option of options) {
    const [name, value = ''] = option.split(/[=:](.*)/s);
    if (name === 'seccomp') result.seccomp = value;
    else if (name === 'no-new-privileges') result.noNewPrivileges = value !== 'false';
    else if (name === 'unmask') result.unmask.push(...value.split(':'));
    else if (!option.includes('=')) throw new ContainerfileError(`invalid --security-opt name=value pair: ${JSON.stringify(option)}`);
    else if (name !== 'label' && name !== 'apparmor') throw new ContainerfileError(`invalid --security-opt 2: ${JSON.stringify(option)}`);
  }
  return result;
}

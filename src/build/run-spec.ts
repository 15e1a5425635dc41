import type { ContainersConf } from '../config/containers-conf.ts';
import { isRootless } from '../config/paths.ts';
import type { OciMount, OciNamespaceType, OciSpec } from '../container/oci-spec.ts';
import { parseUlimits } from '../container/options/ulimits.ts';
import { ociVersion } from '../container/spec/build-spec.ts';
import { mergeCapabilities, processCapabilities } from '../container/spec/capabilities.ts';
import { addDevices, isCdiName } from '../container/spec/devices.ts';
import type { Labels } from '../container/spec/labels.ts';
import { kernelPaths } from '../container/spec/masked-paths.ts';
import { specRlimits, startRlimits } from '../container/spec/rlimits.ts';
import { containerSeccomp } from '../container/spec/seccomp.ts';
import type { ProcessUser } from '../container/spec/user-lookup.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import type { RunLimits } from './build-options.ts';
import { ContainerfileError } from './errors.ts';
import { toOciMap } from './id-maps.ts';

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
  privileged?: boolean;
  idMaps?: IdMappings | undefined;
  labels?: Labels;
}

/** The runtime's configuration for one RUN: what podman gives a container by default, without a terminal. */
export function runSpec(request: RunSpecRequest): OciSpec {
  const { conf, limits, user } = request;
  const capabilities = mergeCapabilities(conf.containers.default_capabilities, limits.capAdd, limits.capDrop);
  const security = securityOptions(limits.securityOpts);
  const privileged = request.privileged ?? false;
  const added = addDevices(limits.devices.filter((device) => !isCdiName(device)));
  const bounding = processCapabilities({
    privileged,
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
      ...(request.labels?.process ? { selinuxLabel: request.labels.process } : {}),
    },
    root: { path: request.rootfs },
    ...(isHost(limits, 'uts') ? {} : { hostname: request.hostname }),
    mounts: [...baseMounts(limits, request), ...added.mounts, ...request.mounts],
    linux: {
      cgroupsPath: request.hasCgroups ? `${limits.cgroupParent ?? '/buildah'}/${request.cgroupName}` : undefined,
      resources: {
        devices: privileged ? [{ allow: true, access: 'rwm' }] : [{ allow: false, access: 'rwm' }, ...added.rules],
        ...(request.hasCgroups ? resources(limits) : {}),
      },
      ...(request.labels?.mount ? { mountLabel: request.labels.mount } : {}),
      ...(added.devices.length > 0 ? { devices: added.devices } : {}),
      ...(request.idMaps ? { uidMappings: toOciMap(request.idMaps.uids), gidMappings: toOciMap(request.idMaps.gids) } : {}),
      namespaces: [...stepNamespaces(limits, request.networkNamespace), ...(request.idMaps ? [{ type: 'user' as const }] : [])],
      seccomp: containerSeccomp({
        profile: privileged ? 'unconfined' : security.seccomp,
        configured: conf.containers.seccomp_profile,
        privileged,
        bounding: bounding.bounding ?? [],
      }),
      ...kernelPaths(privileged || limits.isolation === 'chroot', security.mask, security.unmask),
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

/** Those that are not the host's: new ones, or the ones that --ipc and so on name. */
function stepNamespaces(limits: RunLimits, network: string | undefined): { type: OciNamespaceType; path?: string }[] {
  const types = (limits.isolation === 'chroot' ? ['uts'] : ['pid', 'ipc', 'uts']) as OciNamespaceType[];
  const chosen = types.flatMap((type) => {
    const choice = limits.namespaces.find(({ Name }) => Name === type);
    if (choice?.Host) return [];
    return [choice?.Path ? { type, path: choice.Path } : { type }];
  });
  const cgroup = limits.namespaces.find(({ Name }) => Name === 'cgroup');
  if (cgroup && !cgroup.Host) chosen.push(cgroup.Path ? { type: 'cgroup', path: cgroup.Path } : { type: 'cgroup' });
  return [...chosen, { type: 'mount' }, ...(network ? [{ type: 'network' as const, path: network }] : [])];
}

const isHost = (limits: RunLimits, name: string): boolean => limits.namespaces.some((choice) => choice.Name === name && choice.Host);

/** Where nothing is the container's own, /proc, /dev and /sys are the host's. */
function chrootMounts(): OciMount[] {
  const bind = (destination: string): OciMount => ({
    destination,
    type: 'bind',
    source: destination,
    options: ['rbind', 'rprivate', 'rw'],
  });
  return [bind('/proc'), bind('/dev'), { ...bind('/sys'), options: ['rbind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev'] }];
}

function baseMounts(limits: RunLimits, request: RunSpecRequest): OciMount[] {
  if (limits.isolation === 'chroot') return chrootMounts();
  const hostIpc = isHost(limits, 'ipc');
  const sysfs: OciMount =
    // A network that another user namespace made cannot be looked into by a sysfs of one's own.
    !request.idMaps && (request.networkNamespace || !isRootless())
      ? { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] }
      : { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] };
  return [
    isHost(limits, 'pid')
      ? { destination: '/proc', type: 'bind', source: '/proc', options: ['rbind', 'nosuid', 'noexec', 'nodev'] }
      : { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    sysfs,
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...(isRootless() ? [] : ['gid=5'])],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    ...(hostIpc ? [{ destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['rbind', 'nosuid', 'noexec', 'nodev'] }] : []),
    ...(hostIpc
      ? []
      : [
          {
            destination: '/dev/shm',
            type: 'tmpfs',
            source: 'shm',
            options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${limits.shmSize ?? 64 << 20}`],
          },
        ]),
    ...(request.hasCgroups
      ? [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'] }]
      : []),
  ];
}

interface SecurityOptions {
  seccomp?: string;
  noNewPrivileges: boolean;
  mask: string[];
  unmask: string[];
}

function securityOptions(options: readonly string[]): SecurityOptions {
  const result: SecurityOptions = { noNewPrivileges: false, mask: [], unmask: [] };
  for (const option of options) {
    const [name, value = ''] = option.split(/[=:](.*)/s);
    if (name === 'seccomp') result.seccomp = value;
    else if (name === 'no-new-privileges') result.noNewPrivileges = value !== 'false';
    else if (name === 'mask') result.mask.push(...value.split(':'));
    else if (name === 'unmask') result.unmask.push(...value.split(':'));
    else if (!option.includes('=')) throw new ContainerfileError(`invalid --security-opt name=value pair: ${JSON.stringify(option)}`);
    else if (name !== 'label' && name !== 'apparmor') throw new ContainerfileError(`invalid --security-opt 2: ${JSON.stringify(option)}`);
  }
  return result;
}

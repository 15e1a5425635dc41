import { type Container, ownShm } from './container.ts';
import { deviceNodes } from './device-nodes.ts';
import type { ContainerEngine } from './engine.ts';
import { userVolumesOf } from './inspect-mounts.ts';
import { portBindings } from './inspect-network.ts';
import type { OciIdMapping, OciNamespaceType, OciSpec } from './oci-spec.ts';
import { fromHumanSize } from './options/numbers.ts';
import { supportedCapabilities } from './spec/capabilities.ts';

/** inspect's HostConfig. */
export function inspectHostConfig(engine: ContainerEngine, container: Container, spec: OciSpec): object {
  const { config } = container;
  const { network, facts, namespaces } = config;
  const annotations = spec.annotations ?? {};
  const { volumes, mounts } = userVolumesOf(container, spec);
  // As create or update settled them; the spec of the last start may be older.
  const resources = config.spec.linux?.resources ?? {};
  const { cpu = {}, memory = {}, blockIO } = resources;
  const isSet = (name: string): boolean => annotations[`io.podman.annotations.${name}`] === 'TRUE';
  const defaultParent = config.cgroupManager === 'systemd' ? 'machine.slice' : '/libpod_parent';
  const caps = capabilityChanges(engine, config.privileged, spec);
  const withOptions = (source: string, destination: string, options: readonly string[]): string =>
    options.length > 0 ? `${source}:${destination}:${options.join(',')}` : `${source}:${destination}`;
  return {
    Binds: [
      ...volumes.map(({ name, destination, options }) => withOptions(name, destination, options)),
      ...mounts
        .filter(({ type }) => type !== 'tmpfs')
        .map(({ source = '', destination, options = [] }) => withOptions(source, destination, options)),
    ],
    CgroupManager: config.cgroupManager,
    CgroupMode: namespaceText(spec, 'cgroup', 'private', namespaces.cgroup.container),
    ContainerIDFile: facts.cidFile,
    LogConfig: {
      Type: config.log.alias ?? config.log.driver,
      Config: null,
      Path: config.log.path,
      Tag: config.log.tag,
      Size: humanSize(config.log.sizeMax),
    },
    NetworkMode: network.mode,
    PortBindings: network.createNamespace ? portBindings(network.portMappings) : {},
    RestartPolicy: { Name: config.restartPolicy || 'no', MaximumRetryCount: config.restartRetries },
    AutoRemove: config.autoRemove,
    AutoRemoveImage: facts.autoRemoveImage,
    Annotations: Object.keys(annotations).length > 0 ? inKeyOrder(annotations) : null,
    VolumeDriver: '',
    VolumesFrom: facts.volumesFrom.length > 0 ? facts.volumesFrom : null,
    CapAdd: caps.added,
    CapDrop: caps.dropped,
    Dns: network.dnsServers,
    DnsOptions: network.dnsOptions,
    DnsSearch: network.dnsSearch,
    ExtraHosts: network.addedHosts,
    HostsFile: network.baseHostsFile ?? '',
    GroupAdd: facts.groupAdd,
    IpcMode: namespaces.ipc.container === undefined ? namespaces.ipc.text || 'shareable' : `container:${namespaces.ipc.container}`,
    Cgroup: '',
    Cgroups: config.cgroups === 'disabled' ? 'disabled' : 'default',
    Links: null,
    OomScoreAdj: spec.process?.oomScoreAdj ?? 0,
    PidMode: namespaceText(spec, 'pid', 'private', namespaces.pid.container),
    Privileged: config.privileged,
    PublishAllPorts: facts.publishAll || isSet('publish-all'),
    ReadonlyRootfs: spec.root?.readonly ?? config.readOnly,
    SecurityOpt: securityOptions(spec, annotations),
    Tmpfs: Object.fromEntries(
      mounts.filter(({ type }) => type === 'tmpfs').map(({ destination, options = [] }) => [destination, options.join(',')]),
    ),
    UTSMode: namespaceText(spec, 'uts', 'private', namespaces.uts.container),
    UsernsMode: usernsText(spec, namespaces.user.container),
    ...(config.idMappings === undefined ? {} : { IDMappings: mappingTexts(config.idMappings) }),
    ShmSize:
      ownShm(config) !== undefined
        ? config.shmSize
        : engine.state.get(namespaces.ipc.container ?? '')?.config.shmSize || fromHumanSize(engine.conf.containers.shm_size),
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    CpuShares: cpu.shares ?? 0,
    Memory: memory.limit ?? 0,
    NanoCpus: cpu.period === 100000 ? 10000 * (cpu.quota ?? 0) : 0,
    CgroupParent: config.cgroupParent === defaultParent ? '' : config.cgroupParent,
    BlkioWeight: blockIO?.weight ?? 0,
    BlkioWeightDevice: blockIO === undefined ? null : weights(blockIO.weightDevice),
    BlkioDeviceReadBps: blockIO === undefined ? null : rates(blockIO.throttleReadBpsDevice),
    BlkioDeviceWriteBps: blockIO === undefined ? null : rates(blockIO.throttleWriteBpsDevice),
    BlkioDeviceReadIOps: blockIO === undefined ? null : rates(blockIO.throttleReadIOPSDevice),
    BlkioDeviceWriteIOps: blockIO === undefined ? null : rates(blockIO.throttleWriteIOPSDevice),
    CpuPeriod: cpu.period ?? 0,
    CpuQuota: cpu.quota ?? 0,
    CpuRealtimePeriod: cpu.realtimePeriod ?? 0,
    CpuRealtimeRuntime: cpu.realtimeRuntime ?? 0,
    CpusetCpus: cpu.cpus ?? '',
    CpusetMems: cpu.mems ?? '',
    Devices: config.privileged ? [] : devices(spec),
    DiskQuota: 0,
    KernelMemory: 0,
    MemoryReservation: memory.reservation ?? 0,
    MemorySwap: memory.swap ?? 0,
    MemorySwappiness: memory.swappiness ?? (Object.keys(memory).length > 0 ? -1 : 0),
    OomKillDisable: memory.disableOOMKiller ?? false,
    ...(facts.init ? { Init: true } : {}),
    PidsLimit: resources.pids?.limit ?? 0,
    Ulimits: (spec.process?.rlimits ?? []).map(({ type, soft, hard }) => ({
      Name: type,
      Soft: toSigned(soft),
      Hard: toSigned(hard),
    })),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    CgroupConf: resources.unified ?? null,
    ...(spec.linux?.intelRdt?.closID ? { IntelRdtClosID: spec.linux.intelRdt.closID } : {}),
  };
}

interface Rate {
  major: number;
  minor: number;
  rate?: number;
}

const rates = (limits: readonly Rate[] = []): object[] =>
  limits.flatMap(({ major, minor, rate = 0 }) => named(major, minor, (Path) => ({ Path, Rate: rate })));

const weights = (limits: readonly { major: number; minor: number; weight?: number }[] = []): object[] =>
  limits.flatMap(({ major, minor, weight }) => (weight === undefined ? [] : named(major, minor, (Path) => ({ Path, Weight: weight }))));

const devices = (spec: OciSpec): object[] =>
  (spec.linux?.devices ?? []).flatMap(({ path, major, minor }) =>
    named(major ?? 0, minor ?? 0, (PathOnHost) => ({ PathOnHost, PathInContainer: path, CgroupPermissions: '' })),
  );

/** A device is known by its numbers only; what the host has no node for is left out. */
function named(major: number, minor: number, show: (path: string) => object): object[] {
  const path = deviceNodes().get(`${major}:${minor}`);
  return path === undefined ? [] : [show(path)];
}

function namespaceText(spec: OciSpec, type: OciNamespaceType, own: string, container: string | undefined): string {
  if (container !== undefined) return `container:${container}`;
  const namespace = spec.linux?.namespaces?.find((one) => one.type === type);
  if (namespace === undefined) return 'host';
  return namespace.path ? `ns:${namespace.path}` : own;
}

function usernsText(spec: OciSpec, container: string | undefined): string {
  const text = namespaceText(spec, 'user', 'private', container);
  return text === 'host' ? '' : text;
}

export function securityOptions(spec: OciSpec, annotations: Record<string, string>): string[] {
  const options: string[] = [];
  if (spec.process?.noNewPrivileges) options.push('no-new-privileges');
  for (const kind of ['label', 'seccomp', 'apparmor']) {
    const value = annotations[`io.podman.annotations.${kind}`];
    if (value !== undefined) options.push(`${kind}=${value}`);
  }
  if (spec.linux !== undefined && spec.linux.maskedPaths === undefined) options.push('unmask=all');
  return options;
}

function capabilityChanges(engine: ContainerEngine, privileged: boolean, spec: OciSpec): { added: string[]; dropped: string[] } {
  const bounding = spec.process?.capabilities?.bounding ?? [];
  const standard = privileged
    ? supportedCapabilities()
    : engine.conf.containers.default_capabilities.map((name) => (name.startsWith('CAP_') ? name : `CAP_${name}`));
  return {
    added: bounding.filter((name) => !standard.includes(name)),
    dropped: standard.filter((name) => !bounding.includes(name)).sort(),
  };
}

function mappingTexts({ uidMap, gidMap }: { uidMap: OciIdMapping[]; gidMap: OciIdMapping[] }): object {
  const text = ({ containerID, hostID, size }: OciIdMapping): string => `${containerID}:${hostID}:${size}`;
  return { UidMap: uidMap.map(text), GidMap: gidMap.map(text) };
}

/** go-units' HumanSize, with four digits. */
function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(4))}${units[unit]}`;
}

/** No limit at all is the greatest number there, -1 here. */
const toSigned = (limit: number): number => (limit >= 2 ** 63 ? -1 : limit);

/** As Go writes a map. */
export const inKeyOrder = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

import { SelkieError } from '../../errors.ts';
import { sortedKeys } from '../../storage/go-json.ts';
import type { Container, ContainerConfig, HealthcheckConfig, NamespaceMode, PerNetworkOptions } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import { healthOf, idMappingsOf, present } from '../generate-spec.ts';
import type { OciIdMapping, OciSpec } from '../oci-spec.ts';
import { labelOptionsOf } from '../spec/labels.ts';

/**
 * The parts of libpod's description of a container that are read here. An archive of ours has our own description beside them,
 * which loses nothing; podman passes over it.
 */
export interface LibpodConfig {
  id: string;
  name: string;
  pod?: string;
  spec: OciSpec;
  Dependencies?: string[] | null;
  CreateCommand?: string[];
  RawImageName?: string;
  rootfsImageID?: string;
  rootfsImageName?: string;
  shmSize?: number;
  ShmDir?: string;
  namedVolumes?: { volumeName: string; dest: string; options?: string[] }[];
  overlayVolumes?: { dest: string; source: string; options?: string[] }[];
  createWorkingDir?: boolean;
  passwd?: boolean;
  privileged?: boolean;
  user?: string;
  groups?: string[];
  newNetworks?: Record<string, { static_ips?: string[]; aliases?: string[]; static_mac?: string; interface_name?: string }>;
  newPortMappings?: { host_ip: string; container_port: number; host_port: number; range: number; protocol: string }[];
  networkMode?: string;
  createNetNS?: boolean;
  exposedPorts?: Record<string, string[]>;
  dnsServer?: string[];
  dnsSearch?: string[];
  dnsOption?: string[];
  hostsAdd?: string[];
  useImageHostname?: boolean;
  UseImageHosts?: boolean;
  UseImageResolvConf?: boolean;
  ipcNsCtr?: string;
  netNsCtr?: string;
  pidNsCtr?: string;
  userNsCtr?: string;
  utsNsCtr?: string;
  cgroupNsCtr?: string;
  userVolumes?: string[];
  entrypoint?: string[];
  command?: string[];
  stdin?: boolean;
  labels?: Record<string, string>;
  stopSignal?: number;
  stopTimeout?: number;
  timeout?: number;
  createdTime?: string;
  cgroupManager?: string;
  cgroupsMode?: string;
  cgroupParent?: string;
  logDriver?: string;
  logTag?: string;
  logSize?: number;
  restart_policy?: string;
  restart_retries?: number;
  runtime?: string;
  sdnotifyMode?: string;
  systemd?: boolean;
  healthcheck?: { Test?: string[]; Interval?: number; Timeout?: number; StartPeriod?: number; Retries?: number } | null;
  timezone?: string;
  umask?: string;
  selkie?: ContainerConfig;
}

const namespaceKeys = [
  ['ipc', 'ipcNsCtr', 'ipc'],
  ['pid', 'pidNsCtr', 'pid'],
  ['uts', 'utsNsCtr', 'uts'],
  ['user', 'userNsCtr', 'user'],
  ['cgroup', 'cgroupNsCtr', 'cgroup'],
] as const;

/** The container as podman describes it in an archive (config.dump). */
export function toLibpodConfig(engine: ContainerEngine, { config }: Container): Record<string, unknown> {
  const { network, namespaces, log, healthLog } = config;
  return {
    spec: config.spec,
    id: config.id,
    name: config.name,
    ...present({ pod: config.pod }),
    lockID: engine.state.containerNumber(config.id),
    ...present({ CreateCommand: config.createCommand, RawImageName: config.image.rawName }),
    idMappingsOptions: idMappingsOf(config),
    Dependencies: ownDependencies(config).length > 0 ? ownDependencies(config) : null,
    ...present({
      rootfsImageID: config.image.id,
      rootfsImageName: config.image.name,
      rootfs: config.rootfs?.path,
      rootfs_overlay: config.rootfs?.overlay,
      ShmDir: config.shmDir,
    }),
    shmSize: config.shmSize,
    shmSizeSystemd: config.shmSizeSystemd ?? 0,
    staticDir: config.staticDir,
    ...present({
      namedVolumes: config.namedVolumes.map(({ name, destination, options }) => ({ volumeName: name, dest: destination, options })),
      overlayVolumes: config.overlayVolumes.map(({ destination, source, options }) => ({ dest: destination, source, options })),
      createWorkingDir: config.createWorkdir,
    }),
    secretsPath: `${config.staticDir}/secrets`,
    storageOpts: null,
    ...present({ volatile: config.volatile, passwd: config.passwd, chroot_directories: config.chrootDirs }),
    privileged: config.privileged,
    ...present({
      ProcessLabel: config.processLabel,
      MountLabel: config.mountLabel,
      labelopts: labelOptionsOf(engine, config),
      user: config.user,
      groups: config.facts.groupAdd,
    }),
    label_nested: false,
    ...Object.fromEntries(
      namespaceKeys.flatMap(([kind, key]) => (namespaces[kind].container === undefined ? [] : [[key, namespaces[kind].container]])),
    ),
    ...present({ netNsCtr: network.sharedWith }),
    createNetNS: network.createNamespace,
    ...present({ newPortMappings: network.portMappings.map(toPort) }),
    UseImageResolvConf: network.useImageResolvConf,
    ...present({ dnsServer: network.dnsServers, dnsSearch: network.dnsSearch, dnsOption: network.dnsOptions }),
    useImageHostname: network.noHostname,
    UseImageHosts: network.noHosts,
    ...present({ hostsAdd: network.addedHosts }),
    ...(network.networks.length > 0
      ? { newNetworks: sortedKeys(Object.fromEntries(network.networks.map(({ name, options }) => [name, toNetwork(options)]))) }
      : {}),
    ...present({
      networkMode: network.mode,
      userVolumes: config.userVolumes,
      entrypoint: config.entrypoint,
      command: config.command,
      stdin: config.stdin,
    }),
    ...(Object.keys(config.labels).length > 0 ? { labels: sortedKeys(config.labels) } : {}),
    ...present({ stopSignal: config.stopSignal, stopTimeout: config.stopTimeout, timeout: config.timeout }),
    createdTime: config.created,
    ...present({ cgroupManager: config.cgroupManager, cgroupsMode: config.cgroups }),
    cgroupParent: config.cgroupParent,
    kubeExitCodePropagation: 0,
    logPath: log.path,
    logTag: log.tag,
    logSize: Math.max(0, log.sizeMax),
    logDriver: log.alias ?? log.driver,
    conmonPidFile: config.conmonPidFile,
    ...present({ restart_policy: config.restartPolicy, restart_retries: config.restartRetries }),
    postConfigureNetNS: false,
    runtime: config.runtime,
    pause: config.isInfra,
    defaultPause: false,
    isService: config.isService,
    sdnotifyMode: config.sdnotify.mode,
    healthcheck: config.healthcheck ? healthOf(config.healthcheck) : null,
    healthcheck_on_failure_action: 0,
    healthLogDestination: healthLog.destination,
    healthMaxLogCount: healthLog.maxCount,
    healthMaxLogSize: healthLog.maxSize,
    ...present({ timezone: config.timezone, umask: config.umask.padStart(4, '0'), pid_file: config.pidFile }),
    mountAllDevices: false,
    readWriteTmpfs: config.readWriteTmpfs,
    selkie: { ...config },
  };
}

/** What the container needs beside its pod. */
export const ownDependencies = (config: ContainerConfig): string[] =>
  config.pod === undefined ? config.dependencies : config.dependencies.filter((id) => !isOfPod(config, id));

const isOfPod = ({ namespaces, network }: ContainerConfig, id: string): boolean =>
  network.sharedWith === id || Object.values(namespaces).some(({ container }: NamespaceMode) => container === id);

const toPort = ({ hostIp, containerPort, hostPort, range, protocol }: ContainerConfig['network']['portMappings'][number]): object => ({
  host_ip: hostIp,
  container_port: containerPort,
  host_port: hostPort,
  range,
  protocol,
});

const toNetwork = ({ staticIps, aliases, staticMac, interfaceName }: PerNetworkOptions): object =>
  present({ static_ips: staticIps, aliases, static_mac: staticMac, interface_name: interfaceName });

/** Our description of a container that an archive describes, of whichever tool it is. @throws SelkieError for what is none */
export function fromLibpodConfig(dump: LibpodConfig): ContainerConfig {
  const process = dump.spec?.process;
  if (!/^[0-9a-f]{64}$/.test(dump.id ?? '') || typeof dump.name !== 'string' || !process)
    throw new SelkieError('config.dump describes no container');
  if (dump.selkie !== undefined && dump.selkie.id === dump.id) return dump.selkie;
  const { spec } = dump;
  const { cwd, terminal = false } = process;
  const rootMaps = (maps: OciIdMapping[] | undefined): OciIdMapping[] => maps ?? [];
  const uidMap = rootMaps(spec.linux?.uidMappings);
  return {
    id: dump.id,
    name: dump.name,
    created: dump.createdTime ?? '',
    image: { id: dump.rootfsImageID ?? '', name: dump.rootfsImageName ?? '', rawName: dump.RawImageName ?? '' },
    spec,
    // Where it is comes from the store that it is restored into.
    staticDir: '',
    runDir: '',
    ...(dump.pod ? { pod: dump.pod } : {}),
    isInfra: false,
    isService: false,
    dependencies: dump.Dependencies ?? [],
    ...(dump.entrypoint ? { entrypoint: dump.entrypoint } : {}),
    command: dump.command ?? [],
    user: dump.user ?? '',
    hostUsers: [],
    addCurrentUserPasswdEntry: false,
    passwd: dump.passwd ?? true,
    workdir: cwd,
    createWorkdir: dump.createWorkingDir ?? false,
    umask: dump.umask ?? '0022',
    timezone: dump.timezone ?? '',
    tty: terminal,
    stdin: dump.stdin ?? false,
    envSecrets: {},
    secrets: [],
    labels: dump.labels ?? {},
    createCommand: dump.CreateCommand ?? [],
    namespaces: namespacesOf(dump),
    ...(uidMap.length > 0 ? { idMappings: { uidMap, gidMap: rootMaps(spec.linux?.gidMappings) } } : {}),
    hostname: spec.hostname ?? '',
    privileged: dump.privileged ?? false,
    readOnly: spec.root?.readonly ?? false,
    readWriteTmpfs: true,
    processLabel: '',
    mountLabel: '',
    network: networkOf(dump),
    userVolumes: dump.userVolumes ?? [],
    namedVolumes: (dump.namedVolumes ?? []).map(({ volumeName, dest, options = [] }) => ({
      name: volumeName,
      destination: dest,
      options,
      anonymous: false,
    })),
    overlayVolumes: (dump.overlayVolumes ?? []).map(({ dest, source, options = [] }) => ({ destination: dest, source, options })),
    imageVolumes: [],
    chrootDirs: [],
    shmSize: dump.ShmDir === undefined || dump.ShmDir === '/dev/shm' ? 0 : (dump.shmSize ?? 0),
    ...(dump.ShmDir === undefined ? {} : { shmDir: dump.ShmDir }),
    storageOptions: [],
    volatile: false,
    stopSignal: dump.stopSignal ?? 15,
    stopTimeout: dump.stopTimeout ?? 10,
    timeout: dump.timeout ?? 0,
    restartPolicy: (dump.restart_policy ?? '') as ContainerConfig['restartPolicy'],
    restartRetries: dump.restart_retries ?? 0,
    autoRemove: spec.annotations?.['io.podman.annotations.autoremove'] === 'TRUE',
    log: {
      driver: dump.logDriver === 'journald' || dump.logDriver === 'none' ? dump.logDriver : 'k8s-file',
      path: '',
      sizeMax: dump.logSize || -1,
      tag: dump.logTag ?? '',
      labels: {},
    },
    cgroups: (dump.cgroupsMode || 'enabled') as ContainerConfig['cgroups'],
    cgroupManager: dump.cgroupManager === 'systemd' ? 'systemd' : 'cgroupfs',
    cgroupParent: dump.cgroupParent ?? '',
    runtime: dump.runtime ?? '',
    conmonPidFile: '',
    pidFile: '',
    sdnotify: { mode: (dump.sdnotifyMode || 'container') as ContainerConfig['sdnotify']['mode'] },
    preserveFds: 0,
    preserveFd: [],
    ...(dump.healthcheck?.Test ? { healthcheck: healthcheckOf(dump.healthcheck) } : {}),
    healthcheckOnFailure: 'none',
    healthLog: { destination: 'local', maxCount: 5, maxSize: 500 },
    kubeExitCodePropagation: '',
    facts: {
      capAdd: [],
      capDrop: [],
      securityOpt: [],
      groupAdd: dump.groups ?? [],
      binds: [],
      tmpfs: {},
      annotations: {},
      cidFile: '',
      volumesFrom: [],
      init: false,
      systemd: dump.systemd ?? false,
      publishAll: false,
      attach: { stdin: dump.stdin ?? false, stdout: true, stderr: true },
      autoRemoveImage: false,
      usernsText: uidMap.length > 0 ? 'private' : '',
    },
  };
}

/** The runtime's namespaces: those of another container, its own where the specification lists one, else the host's. */
function namespacesOf(dump: LibpodConfig): ContainerConfig['namespaces'] {
  const listed = new Set(dump.spec.linux?.namespaces?.map(({ type }) => type));
  const own = (type: 'mount' | 'pid' | 'ipc' | 'uts' | 'user' | 'cgroup'): NamespaceMode =>
    listed.has(type) ? { kind: 'private', text: 'private' } : { kind: 'host', text: 'host' };
  const modes = { mount: own('mount'), pid: own('pid'), ipc: own('ipc'), uts: own('uts'), user: own('user'), cgroup: own('cgroup') };
  for (const [kind, key] of namespaceKeys) {
    const container = dump[key];
    if (container) modes[kind] = { kind: 'container', container, text: `container:${container}` };
  }
  return modes;
}

function networkOf(dump: LibpodConfig): ContainerConfig['network'] {
  const networks = Object.entries(dump.newNetworks ?? {}).map(([name, options]) => ({
    name,
    options: {
      interfaceName: options.interface_name ?? '',
      ...(options.static_ips ? { staticIps: options.static_ips } : {}),
      ...(options.static_mac ? { staticMac: options.static_mac } : {}),
      ...(options.aliases ? { aliases: options.aliases } : {}),
    },
  }));
  return {
    mode: dump.netNsCtr ? `container:${dump.netNsCtr}` : (dump.networkMode ?? 'bridge'),
    modeOptions: [],
    createNamespace: dump.createNetNS ?? false,
    ...(dump.netNsCtr ? { sharedWith: dump.netNsCtr } : {}),
    networks,
    portMappings: (dump.newPortMappings ?? []).map((port) => ({
      hostIp: port.host_ip,
      containerPort: port.container_port,
      hostPort: port.host_port,
      range: port.range,
      protocol: port.protocol,
    })),
    exposedPorts: Object.entries(dump.exposedPorts ?? {}).flatMap(([port, protocols]) =>
      protocols.map((protocol) => `${port}/${protocol}`),
    ),
    publishAll: false,
    dnsServers: dump.dnsServer ?? [],
    dnsSearch: dump.dnsSearch ?? [],
    dnsOptions: dump.dnsOption ?? [],
    addedHosts: dump.hostsAdd ?? [],
    noHosts: dump.UseImageHosts ?? false,
    noHostname: dump.useImageHostname ?? false,
    useImageResolvConf: dump.UseImageResolvConf ?? false,
  };
}

const healthcheckOf = ({
  Test = [],
  Interval,
  Timeout,
  StartPeriod,
  Retries,
}: NonNullable<LibpodConfig['healthcheck']>): HealthcheckConfig => ({
  test: Test,
  ...(Interval ? { interval: Interval } : {}),
  ...(Timeout ? { timeout: Timeout } : {}),
  ...(StartPeriod ? { startPeriod: StartPeriod } : {}),
  ...(Retries ? { retries: Retries } : {}),
});

import type { OciIdMapping, OciSpec } from './oci-spec.ts';

/** One published port or range; the same shape as netavark's, in camel case. */
export interface PortMapping {
  hostIp: string;
  containerPort: number;
  hostPort: number;
  range: number;
  protocol: string;
}

/** What a container asks of one of its networks. */
export interface PerNetworkOptions {
  staticIps?: string[];
  staticMac?: string;
  aliases?: string[];
  interfaceName: string;
  options?: Record<string, string>;
}

/** A named volume of this container; it is mounted by us and bound by the runtime. */
export interface NamedVolumeMount {
  name: string;
  destination: string;
  options: string[];
  anonymous: boolean;
  subPath?: string;
}

/** An overlay (`:O`) over a host directory or named volume. */
export interface OverlayVolumeMount {
  source: string;
  destination: string;
  options: string[];
}

/** An image mounted into the container (`--mount type=image`). */
export interface ImageVolumeMount {
  imageId: string;
  source: string;
  destination: string;
  readWrite: boolean;
  subPath?: string;
}

/** An artifact whose files are mounted into the container (`--mount type=artifact`). */
export interface ArtifactVolumeMount {
  source: string;
  destination: string;
  /** Only the file of this title, or of this digest. */
  title?: string;
  digest?: string;
  /** What the files are called in the container, in place of their titles. */
  name?: string;
}

/** A secret that is placed as a file in the container. */
export interface SecretMount {
  id: string;
  name: string;
  target: string;
  uid: number;
  gid: number;
  mode: number;
}

/** Docker's health check, times in nanoseconds as in image configurations. */
export interface HealthcheckConfig {
  test: string[];
  interval?: number;
  timeout?: number;
  startPeriod?: number;
  startInterval?: number;
  retries?: number;
}

export interface StartupHealthcheckConfig extends HealthcheckConfig {
  successes?: number;
}

/**
 * A namespace of the container: its own, the host's, that of another container (`container`, full ID), that at a path, or none at all.
 * `text` is what inspect shows (`private`, `host`, `container:ID`, `ns:/path`, `shareable`, `keep-id:uid=1000` …).
 */
export interface NamespaceMode {
  kind: 'private' | 'host' | 'container' | 'path' | 'none';
  container?: string;
  path?: string;
  text: string;
}

export interface ContainerNamespaces {
  cgroup: NamespaceMode;
  ipc: NamespaceMode;
  mount: NamespaceMode;
  pid: NamespaceMode;
  user: NamespaceMode;
  uts: NamespaceMode;
}

/** How the container is connected. `mode` is inspect's NetworkMode: bridge, host, none, slirp4netns, pasta, `container:ID`, `ns:PATH`. */
export interface ContainerNetwork {
  mode: string;
  /** Options of `--network slirp4netns:…` and `pasta:…`, by mode. */
  modeOptions: string[];
  /** The tool makes a network namespace at start (true for bridge, none, pasta, slirp4netns). */
  createNamespace: boolean;
  /** Full ID of the container whose network namespace is shared. */
  sharedWith?: string;
  /** Path of a namespace to join (`ns:`). */
  path?: string;
  /** Networks in the order given; empty unless bridge. */
  networks: { name: string; options: PerNetworkOptions }[];
  portMappings: PortMapping[];
  /** As in images and `--expose`: `80/tcp`. */
  exposedPorts: string[];
  publishAll: boolean;
  dnsServers: string[];
  dnsSearch: string[];
  dnsOptions: string[];
  addedHosts: string[];
  /** `--no-hosts`: the image's /etc/hosts is used. */
  noHosts: boolean;
  noHostname: boolean;
  /** `--dns=none`: the image's resolv.conf is used. */
  useImageResolvConf: boolean;
  /** `--hosts-file` or base_hosts_file. */
  baseHostsFile?: string;
}

export interface LogConfig {
  driver: 'k8s-file' | 'journald' | 'none' | 'passthrough' | 'passthrough-tty';
  /** The driver's name as it was given, where that is another one. */
  alias?: 'json-file';
  path: string;
  /** Bytes at which conmon starts the log anew; -1 none. */
  sizeMax: number;
  tag: string;
  labels: Record<string, string>;
}

/** What create was asked for and what inspect's HostConfig repeats; nothing of the life cycle depends on it. */
export interface InspectFacts {
  capAdd: string[];
  capDrop: string[];
  securityOpt: string[];
  groupAdd: string[];
  binds: string[];
  tmpfs: Record<string, string>;
  cgroupConf?: Record<string, string>;
  annotations: Record<string, string>;
  cidFile: string;
  volumesFrom: string[];
  init: boolean;
  initPath?: string;
  systemd: boolean;
  restartPolicyGiven?: string;
  publishAll: boolean;
  /** AttachStdin/out/err of inspect. */
  attach: { stdin: boolean; stdout: boolean; stderr: boolean };
  autoRemoveImage: boolean;
  usernsText: string;
  imageVolumesText?: string;
  intelRdtClosId?: string;
}

/**
 * Everything about a container that is settled when it is created; stored once as JSON and rewritten only by `rename` and `update`.
 * `spec` is the OCI spec without what is known only at start: root.path, the network namespace's path, namespaces of other containers,
 * and the binds of resolv.conf, hosts, hostname, .containerenv, shm and secrets (`finishSpec` of container/spec/finish.ts adds these).
 */
export interface ContainerConfig {
  id: string;
  name: string;
  created: string;
  /** Empty where the container has `--rootfs`. */
  image: { id: string; name: string; rawName: string; digest?: string };
  rootfs?: { path: string; overlay: boolean; mapping?: string };
  spec: OciSpec;
  /** Directory under graphroot, `<…>/ID/userdata`. */
  staticDir: string;
  /** Directory under runroot, `<…>/ID/userdata`. */
  runDir: string;
  pod?: string;
  isInfra: boolean;
  isService: boolean;
  initContainerType?: 'always' | 'once';
  /** Full IDs that must run before this one starts: --requires, shared namespaces, infra. */
  dependencies: string[];

  entrypoint?: string[];
  /** The user's command or the image's, as inspect shows it. */
  command: string[];
  user: string;
  hostUsers: string[];
  addCurrentUserPasswdEntry: boolean;
  passwd: boolean;
  passwdEntry?: string;
  groupEntry?: string;
  workdir: string;
  createWorkdir: boolean;
  umask: string;
  timezone: string;
  tty: boolean;
  /** stdin is kept open (`-i`). */
  stdin: boolean;
  envSecrets: Record<string, string>;
  secrets: SecretMount[];
  labels: Record<string, string>;
  createCommand: string[];

  namespaces: ContainerNamespaces;
  idMappings?: { uidMap: OciIdMapping[]; gidMap: OciIdMapping[] };
  hostname: string;
  privileged: boolean;
  readOnly: boolean;
  readWriteTmpfs: boolean;
  processLabel: string;
  mountLabel: string;
  network: ContainerNetwork;

  /** Destinations of -v/--mount/--tmpfs given by the user: inspect's Mounts shows these of spec.mounts. */
  userVolumes: string[];
  namedVolumes: NamedVolumeMount[];
  overlayVolumes: OverlayVolumeMount[];
  imageVolumes: ImageVolumeMount[];
  artifactVolumes?: ArtifactVolumeMount[];
  chrootDirs: string[];
  /** Bytes of /dev/shm where it is our own tmpfs, 0 for no limit. */
  shmSize: number;
  /** What is bound at /dev/shm: our own tmpfs, the host's, or another container's. Absent: nothing. */
  shmDir?: string;
  /** Names of CDI devices, `vendor/class=name`. */
  cdiDevices?: string[];
  /** Size of the tmpfs mounts of systemd mode, bytes. */
  shmSizeSystemd?: number;
  storageOptions: string[];
  volatile: boolean;

  stopSignal: number;
  stopTimeout: number;
  /** `--timeout`: seconds after which conmon kills the container; 0 never. */
  timeout: number;
  restartPolicy: '' | 'no' | 'always' | 'on-failure' | 'unless-stopped';
  restartRetries: number;
  /** `--rm`. */
  autoRemove: boolean;
  log: LogConfig;
  cgroups: 'enabled' | 'disabled' | 'no-conmon' | 'split';
  cgroupManager: 'cgroupfs' | 'systemd';
  cgroupParent: string;
  /** Name or path of the OCI runtime, as given. */
  runtime: string;
  conmonPidFile: string;
  pidFile: string;
  sdnotify: { mode: 'container' | 'conmon' | 'ignore' | 'healthy'; socket?: string };
  preserveFds: number;
  preserveFd: number[];
  healthcheck?: HealthcheckConfig;
  startupHealthcheck?: StartupHealthcheckConfig;
  healthcheckOnFailure: 'none' | 'kill' | 'restart' | 'stop';
  healthLog: { destination: string; maxCount: number; maxSize: number };
  kubeExitCodePropagation: string;
  facts: InspectFacts;
}

export type ContainerStatus = 'configured' | 'created' | 'running' | 'paused' | 'stopped' | 'exited' | 'removing' | 'stopping';

/** What changes in a container's life; a row of the state database, written under the container's lock. */
export interface ContainerState {
  /** `configured` = podman's "created", `created` = "initialized", `stopped` = ended but not yet cleaned up, `exited` = cleaned up. */
  status: ContainerStatus;
  pid: number;
  /** /proc/PID/stat start time of `pid`, so that a reused pid is not taken for ours. */
  pidStart: string;
  conmonPid: number;
  started: string;
  finished: string;
  exitCode: number;
  exited: boolean;
  oomKilled: boolean;
  /** Path of the mounted rootfs; empty while unmounted. */
  mountpoint: string;
  mounted: boolean;
  netns: string;
  /** netavark's answer by network. */
  networkStatus?: Record<string, NetworkStatusEntry>;
  execSessions: string[];
  /** A person or API asked it to stop: `unless-stopped` and `always` do not start it again. */
  stoppedByUser: boolean;
  restartPolicyMatch: boolean;
  restartCount: number;
  error: string;
  cgroupPath: string;
  startupHealthcheckPassed: boolean;
  startupSuccesses: number;
  startupFailures: number;
  healthcheckUnhealthy: boolean;
  /** Files that are bound into the container, destination to source. */
  bindMounts: Record<string, string>;
  boundPorts: boolean;
  /** Of the last checkpoint and restore: when they were, and where logs and images are, while they are kept. */
  checkpoint?: { checkpointed?: string; restored?: string; log?: string; path?: string; restoreLog?: string };
  /** The `run --rm` that waits in the foreground removes the container itself, so that the exit command has nothing to do. */
  cleanupByForeground: number;
}

export interface NetworkStatusEntry {
  interfaces?: Record<string, { mac_address: string; subnets?: { ipnet: string; gateway?: string }[] }>;
  dns_search_domains?: string[];
  dns_server_ips?: string[];
}

/** The tmpfs that is made for the container's /dev/shm; undefined where that is the host's, another container's, or none. */
export const ownShm = ({ shmDir, staticDir }: Pick<ContainerConfig, 'shmDir' | 'staticDir'>): string | undefined =>
  shmDir === `${staticDir}/shm` ? shmDir : undefined;

/** Go's zero time, which podman shows for "never". */
export const never = '0001-01-01T00:00:00Z';

export function freshState(): ContainerState {
  return {
    status: 'configured',
    pid: 0,
    pidStart: '',
    conmonPid: 0,
    started: never,
    finished: never,
    exitCode: 0,
    exited: false,
    oomKilled: false,
    mountpoint: '',
    mounted: false,
    netns: '',
    execSessions: [],
    stoppedByUser: false,
    restartPolicyMatch: false,
    restartCount: 0,
    error: '',
    cgroupPath: '',
    startupHealthcheckPassed: false,
    startupSuccesses: 0,
    startupFailures: 0,
    healthcheckUnhealthy: false,
    bindMounts: {},
    boundPorts: false,
    cleanupByForeground: 0,
  };
}

/** A container as the state database has it. `state` is as fresh as its last read; take the lock and reload before acting on it. */
export class Container {
  constructor(
    public config: ContainerConfig,
    public state: ContainerState,
  ) {}

  get id(): string {
    return this.config.id;
  }

  get name(): string {
    return this.config.name;
  }

  get isRunning(): boolean {
    return this.state.status === 'running' || this.state.status === 'paused' || this.state.status === 'stopping';
  }
}

/** libpod's names of states, as its messages use them. */
export function podmanStatus(status: ContainerState['status']): string {
  if (status === 'configured') return 'created';
  if (status === 'created') return 'initialized';
  return status;
}

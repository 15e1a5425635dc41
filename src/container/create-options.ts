import type {
  ArtifactVolumeMount,
  HealthcheckConfig,
  ImageVolumeMount,
  InspectFacts,
  OverlayVolumeMount,
  PerNetworkOptions,
  PortMapping,
  StartupHealthcheckConfig,
} from './container.ts';
import type { OciDeviceCgroup, OciIdMapping, OciMount, OciResources } from './oci-spec.ts';

/** The modes that `--pid`, `--ipc`, `--uts`, `--cgroupns`, `--userns` and `--network` know; each flag allows some of them. */
export type NamespaceKind =
  | 'default'
  | 'host'
  | 'private'
  | 'shareable'
  | 'none'
  | 'path'
  | 'container'
  | 'pod'
  | 'bridge'
  | 'pasta'
  | 'slirp4netns'
  | 'keep-id'
  | 'no-map'
  | 'auto';

/** A namespace as it was asked for; `value` is a path, a container, or the options of keep-id and auto. */
export interface NamespaceChoice {
  kind: NamespaceKind;
  value?: string;
}

/** A network as it was asked for, in the order given; `default` stands for the default network. */
export interface NetworkChoice {
  name: string;
  options: PerNetworkOptions;
}

/** A named volume as it was asked for; without a name an anonymous one is made. */
export interface VolumeChoice {
  name: string;
  destination: string;
  options: string[];
  anonymous?: boolean;
  subPath?: string;
}

/** An image mounted into the container, by whatever name the user gave. */
export type ImageVolumeChoice = Omit<ImageVolumeMount, 'imageId'>;

/** A secret that becomes a file in the container. */
export interface SecretChoice {
  source: string;
  target: string;
  uid: number;
  gid: number;
  mode: number;
}

/** User namespace mappings as asked for: explicit ones, the host's, or those that `auto` is to find. */
export interface IdMappingChoice {
  uidMap: OciIdMapping[];
  gidMap: OciIdMapping[];
  auto?: { size: number; uidMap: OciIdMapping[]; gidMap: OciIdMapping[] };
}

/** A limit for a device that is named by path; its numbers are read when the container is created. */
export interface DeviceRate {
  path: string;
  rate: number;
}

/** A port or range to expose; `protocol` is a comma-separated list as the user wrote it. */
export interface ExposedPort {
  port: number;
  protocol: string;
}

/** The pod that a container joins, as far as the container is concerned. */
export interface PodMembership {
  id: string;
  name: string;
  /** Full ID of the infra container; a pod without one shares no namespaces. */
  infraId?: string;
  shares: { pid: boolean; ipc: boolean; uts: boolean; net: boolean; cgroup: boolean; user: boolean };
  hostNetwork?: boolean;
  cgroupParent?: string;
  hostname?: string;
  restartPolicy?: string;
  restartRetries?: number;
}

/**
 * Everything that `run`, `create`, `pod create`, the REST API and kube can say about a container to be made. Values are parsed and
 * valid by themselves; what depends on the image, on containers.conf or on other containers is settled by `createContainer`.
 * An absent field means "not said": the image's or containers.conf's value holds.
 */
export interface CreateOptions {
  /** Reference or ID; empty with `rootfs`. */
  image: string;
  /** What the user typed for the image. */
  rawImageName?: string;
  imageOs?: string;
  imageArch?: string;
  imageVariant?: string;
  rootfs?: { path: string; overlay: boolean; mapping?: string };

  name?: string;
  pod?: PodMembership;
  initContainerType?: 'always' | 'once';
  isInfra?: boolean;
  isService?: boolean;
  kubeExitCodePropagation?: string;
  command?: string[];
  entrypoint?: string[];
  workdir?: string;
  createWorkdir?: boolean;
  user?: string;
  groupAdd?: string[];
  hostUsers?: string[];
  passwd?: boolean;
  passwdEntry?: string;
  groupEntry?: string;
  umask?: string;
  timezone?: string;
  tty?: boolean;
  stdin?: boolean;
  attach?: { stdin: boolean; stdout: boolean; stderr: boolean };
  createCommand?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  hostname?: string;
  dependencies?: string[];

  /** `-e`, `--env-file`, already merged. */
  env?: Record<string, string>;
  envHost?: boolean;
  httpProxy?: boolean;
  envMerge?: string[];
  unsetEnv?: string[];
  unsetEnvAll?: boolean;
  envSecrets?: Record<string, string>;
  secrets?: SecretChoice[];

  pid?: NamespaceChoice;
  ipc?: NamespaceChoice;
  uts?: NamespaceChoice;
  cgroupns?: NamespaceChoice;
  userns?: NamespaceChoice;
  idMappings?: IdMappingChoice;
  network?: NamespaceChoice;
  networks?: NetworkChoice[];
  /** Options of `--network pasta:…` and `slirp4netns:…`. */
  networkModeOptions?: string[];
  ports?: PortMapping[];
  expose?: ExposedPort[];
  publishAll?: boolean;
  dnsServers?: string[];
  dnsSearch?: string[];
  dnsOptions?: string[];
  useImageResolvConf?: boolean;
  addHosts?: string[];
  noHosts?: boolean;
  noHostname?: boolean;
  hostsFile?: string;

  mounts?: OciMount[];
  volumes?: VolumeChoice[];
  overlayVolumes?: OverlayVolumeMount[];
  imageVolumes?: ImageVolumeChoice[];
  artifactVolumes?: ArtifactVolumeMount[];
  volumesFrom?: string[];
  /** What to do with the image's VOLUMEs. */
  imageVolumeMode?: string;
  chrootDirs?: string[];
  /** Bytes. */
  shmSize?: number;
  shmSizeSystemd?: number;
  storageOptions?: Record<string, string>;
  readOnly?: boolean;
  readWriteTmpfs?: boolean;
  init?: boolean;
  initPath?: string;
  systemd?: string;
  devices?: string[];
  deviceCgroupRules?: OciDeviceCgroup[];

  privileged?: boolean;
  capAdd?: string[];
  capDrop?: string[];
  seccompProfile?: string;
  seccompPolicy?: string;
  apparmorProfile?: string;
  labelOpts?: string[];
  noNewPrivileges?: boolean;
  mask?: string[];
  unmask?: string[];
  procOpts?: string[];
  ulimits?: { type: string; soft: number; hard: number }[];
  sysctl?: Record<string, string>;
  personality?: string;

  resources?: OciResources;
  weightDevices?: { path: string; weight: number }[];
  readBps?: DeviceRate[];
  writeBps?: DeviceRate[];
  readIops?: DeviceRate[];
  writeIops?: DeviceRate[];
  oomScoreAdj?: number;
  intelRdtClosId?: string;
  cgroups?: string;
  cgroupParent?: string;

  runtime?: string;
  stopSignal?: number;
  stopTimeout?: number;
  timeout?: number;
  restartPolicy?: string;
  restartRetries?: number;
  remove?: boolean;
  removeImage?: boolean;
  cidFile?: string;
  pidFile?: string;
  conmonPidFile?: string;
  logDriver?: string;
  logPath?: string;
  logSize?: number;
  logTag?: string;
  logLabels?: Record<string, string>;
  sdnotifyMode?: string;
  preserveFds?: number;
  preserveFd?: number[];

  healthcheck?: HealthcheckConfig;
  /** Single values (`--health-interval` …) that override the image's health check. */
  healthcheckOverrides?: Partial<HealthcheckConfig>;
  startupHealthcheck?: StartupHealthcheckConfig;
  healthcheckOnFailure?: 'none' | 'kill' | 'restart' | 'stop';
  healthLog?: { destination?: string; maxCount?: number; maxSize?: number };

  /** Told what is passed over; else it is a diagnostic. */
  onWarning?: (text: string) => void;

  /** Texts that only inspect repeats. */
  facts?: Partial<InspectFacts>;
}

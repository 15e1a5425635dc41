import type { CopyProgress } from '../image/copy.ts';
import type { PullOptions } from '../image/pull-options.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import type { IdMap } from '../storage/records.ts';
import type { NamespaceChoice } from './builder-state.ts';
import type { ImageTimes } from './image-times.ts';
import type { SbomScan } from './sbom.ts';

/** What a RUN may do and see, beyond the image's own settings. */
export interface RunLimits {
  network: string;
  addHosts: readonly string[];
  dns: readonly string[];
  dnsSearch: readonly string[];
  dnsOptions: readonly string[];
  capAdd: readonly string[];
  capDrop: readonly string[];
  securityOpts: readonly string[];
  ulimits: readonly string[];
  groupAdd: readonly string[];
  cgroupParent?: string;
  memory?: number;
  memorySwap?: number;
  cpuShares?: number;
  cpuPeriod?: number;
  cpuQuota?: number;
  cpusetCpus?: string;
  cpusetMems?: string;
  /** Bytes. */
  shmSize?: number;
  httpProxy: boolean;
  /** `ID` to source of --secret. */
  secrets: Map<string, { file?: string; env?: string }>;
  /** `ID` to the agent's socket or the keys of --ssh. */
  ssh: Map<string, readonly string[]>;
  /** Namespaces that are the host's or another's; those that are not named are new. */
  namespaces: readonly NamespaceChoice[];
  /** Of a user namespace; undefined for the host's. */
  userns?: UserNamespace;
  /** `HOST[:CONTAINER[:rwm]]`, or the name of a CDI device. */
  devices: readonly string[];
  /** Directories with descriptions of CDI devices. */
  cdiDirectories: readonly string[];
  /** `SOURCE:DESTINATION[:OPTIONS]`, seen by every RUN. */
  volumes: readonly string[];
  hooksDirectories: readonly string[];
  /** Name or path of the OCI runtime; undefined for that of containers.conf. */
  runtime?: string;
  runtimeFlags: readonly string[];
  /** `chroot`: nothing but the root is the container's own. */
  isolation: Isolation;
  /** /etc/hosts stays as the image has it. */
  noHosts: boolean;
  noHostname: boolean;
  /** RUN reads our standard input. */
  stdin: boolean;
}

/** Maps, or as many ids as nobody else has. */
export type UserNamespace = { kind: 'maps'; maps: IdMappings } | { kind: 'auto'; size: number; uids: IdMap[]; gids: IdMap[] };

export type Isolation = 'oci' | 'rootless' | 'chroot';

/** Limits that limit nothing. */
export const noLimits: RunLimits = {
  network: '',
  addHosts: [],
  dns: [],
  dnsSearch: [],
  dnsOptions: [],
  capAdd: [],
  capDrop: [],
  securityOpts: [],
  ulimits: [],
  groupAdd: [],
  httpProxy: true,
  secrets: new Map(),
  ssh: new Map(),
  namespaces: [],
  devices: [],
  cdiDirectories: [],
  volumes: [],
  hooksDirectories: [],
  runtimeFlags: [],
  isolation: 'oci',
  noHosts: false,
  noHostname: false,
  stdin: false,
};

/** Where the filesystem of the result goes beside the image store. */
export interface BuildOutput {
  kind: 'directory' | 'tar';
  /** undefined: standard output. */
  path?: string;
}

export interface BuildOptions {
  /** Directory of the context; undefined when there is none. */
  contextDir?: string;
  /** Text of the Containerfiles, concatenated, and the path of the first. */
  containerfile: { text: string; path?: string };
  /** Full names for the result. */
  tags: readonly string[];
  /** The first of them as it was typed. */
  typedTag?: string;
  format: 'oci' | 'docker';
  buildArgs: Map<string, string>;
  /** Further contexts: name to directory or image. */
  buildContexts: Map<string, { directory?: string; image?: string; url?: string /** A container's root. */; isRoot?: boolean }>;
  target?: string;
  ignoreFile?: string;
  /** Commit and reuse an image for each step. */
  layers: boolean;
  useCache: boolean;
  /** Seconds. */
  cacheTtl?: number;
  /** Repositories that steps are taken from, and put into. */
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
  /** One layer for all files, the base's too. */
  squashAll: boolean;
  skipUnusedStages: boolean;
  labels: readonly [string, string][];
  annotations: readonly [string, string][];
  unsetLabels: readonly string[];
  unsetEnv: readonly string[];
  env: readonly [string, string][];
  /** Labels of images that get no name. */
  layerLabels: readonly [string, string][];
  inheritLabels: boolean;
  inheritAnnotations: boolean;
  unsetAnnotations: readonly string[];
  /** `feature`, or `feature-` to take one away. */
  osFeatures: readonly string[];
  osVersion?: string;
  times: ImageTimes;
  /** undefined: unless times are given. */
  identityLabel?: boolean;
  createdAnnotation: boolean;
  omitHistory: boolean;
  os: string;
  architecture: string;
  variant?: string;
  pull: PullOptions;
  run: RunLimits;
  outputs: readonly BuildOutput[];
  /** How many stages are built at once; 0 for all. */
  jobs: number;
  /** Working containers of finished steps go; those of a step that failed, too. */
  removeContainers: boolean;
  removeAfterFailure: boolean;
  /** What is in volumes of the Containerfile stays as it was when they were declared. */
  compatVolumes: boolean;
  sbom?: SbomScan;
  signers?: PullOptions['signers'];
  /** Before each line of a build among several. */
  logPrefix: string;
  /** Images' ids go to a file and are not told. */
  quietIds: boolean;
  quiet: boolean;
  /** The version that the identity label names. */
  version: string;
}

/** What a build says while it works. */
export interface BuildReport {
  out(text: string): void;
  err(text: string): void;
  progress?(event: CopyProgress): void;
  /** Where the output of RUN goes; else the path of a file that is appended to. */
  stdio: 'inherit' | 'ignore' | (string & {});
}

export interface BuildResult {
  imageId: string;
  digest?: string;
}

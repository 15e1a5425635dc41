import type { CopyProgress } from '../image/copy.ts';
import type { PullOptions } from '../image/pull-options.ts';

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
  buildContexts: Map<string, { directory?: string; image?: string }>;
  target?: string;
  ignoreFile?: string;
  /** Commit and reuse an image for each step. */
  layers: boolean;
  useCache: boolean;
  /** Seconds. */
  cacheTtl?: number;
  /** One layer for all files, the base's too. */
  squashAll: boolean;
  skipUnusedStages: boolean;
  labels: readonly [string, string][];
  annotations: readonly [string, string][];
  unsetLabels: readonly string[];
  unsetEnv: readonly string[];
  env: readonly [string, string][];
  identityLabel: boolean;
  createdAnnotation: boolean;
  omitHistory: boolean;
  os: string;
  architecture: string;
  variant?: string;
  pull: PullOptions;
  run: RunLimits;
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

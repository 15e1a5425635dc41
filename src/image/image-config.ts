/** An image's config as the OCI image specification lays it down; docker's v2s2 config is a superset with the same names. */
export interface OciImage {
  created?: string;
  author?: string;
  architecture?: string;
  os?: string;
  'os.version'?: string;
  'os.features'?: string[];
  variant?: string;
  config?: OciImageConfig;
  rootfs?: { type: string; diff_ids: string[] | null };
  history?: OciHistory[];
  /** docker only */
  docker_version?: string;
  comment?: string;
  container_config?: OciImageConfig;
}

/** The part that says how to run a container of the image. */
export interface OciImageConfig {
  User?: string;
  ExposedPorts?: Record<string, unknown> | null;
  Env?: string[] | null;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Volumes?: Record<string, unknown> | null;
  WorkingDir?: string;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  ArgsEscaped?: boolean;
  /** docker only */
  Healthcheck?: HealthConfig | null;
  OnBuild?: string[] | null;
  Shell?: string[] | null;
  Hostname?: string;
  Domainname?: string;
}

export interface OciHistory {
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** Durations in nanoseconds. */
export interface HealthConfig {
  Test?: string[];
  StartPeriod?: number;
  StartInterval?: number;
  Interval?: number;
  Timeout?: number;
  Retries?: number;
}

/** Parses a config blob. @throws SyntaxError when it is no JSON object. */
export function parseImageConfig(bytes: Uint8Array): OciImage {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('image config is not an object');
  return parsed as OciImage;
}

export type ProgramName = 'podman' | 'buildah' | 'skopeo' | 'selkie';

/**
 * What the global flags of podman and buildah say, for libraries to take. A field that is absent was not given: containers.conf,
 * storage.conf and the built-in defaults decide then.
 */
export interface GlobalOptions {
  programName: ProgramName;
  logLevel: string;
  root?: string;
  runroot?: string;
  imagestore?: string;
  storageDriver?: string;
  storageOpt?: readonly string[];
  transientStore?: boolean;
  cgroupManager?: string;
  conmon?: string;
  runtime?: string;
  runtimeFlags?: readonly string[];
  tmpdir?: string;
  networkConfigDir?: string;
  networkCmdPath?: string;
  volumepath?: string;
  eventsBackend?: string;
  databaseBackend?: string;
  hooksDir?: readonly string[];
  cdiSpecDir?: readonly string[];
  module?: readonly string[];
  defaultMountsFile?: string;
  syslog?: boolean;
  noOut?: boolean;
  out?: string;
  remote?: boolean;
  url?: string;
  connection?: string;
  identity?: string;
  registriesConf?: string;
  registriesConfDir?: string;
  shortNameAliasConf?: string;
  usernsUidMap?: readonly string[];
  usernsGidMap?: readonly string[];
  /** skopeo's own. */
  policy?: string;
  insecurePolicy?: boolean;
  registriesDir?: string;
  overrideArch?: string;
  overrideOs?: string;
  overrideVariant?: string;
  commandTimeoutMs?: number;
  userAgentPrefix?: string;
}

import type { GlobalOptions, ProgramName } from '../../config/globals.ts';
import { type FlagTable, flag } from '../flag.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'] as const;

/** Understood before the command's name only. */
const podmanLocal = {
  config: flag.string({ summary: 'Directory with the registry credentials (config.json)', complete: 'directories' }),
  connection: flag.string({ short: 'c', summary: 'Named connection to a remote service (CONTAINER_CONNECTION)', complete: 'connections' }),
  identity: flag.string({ summary: 'SSH key for a remote service (CONTAINER_SSHKEY)', complete: 'files' }),
  module: flag.stringArray({ summary: 'Read this containers.conf module too', complete: 'configModules' }),
  out: flag.string({ summary: 'Write standard output to this file', complete: 'files' }),
  remote: flag.bool({ short: 'r', summary: 'Talk to a remote service' }),
  ssh: flag.string({ default: 'golang', summary: 'Which SSH client makes connections', choices: ['golang', 'native'] }),
  'tls-ca': flag.string({ summary: "Certificate authority of the remote service's certificate (PEM)", complete: 'files' }),
  'tls-cert': flag.string({ summary: 'Client certificate for the remote service (PEM)', complete: 'files' }),
  'tls-key': flag.string({ summary: "Private key of the remote service's client certificate (PEM)", complete: 'files' }),
  url: flag.string({
    defaultText: '"unix:///run/podman/podman.sock"',
    summary: 'Address of the remote service (CONTAINER_HOST)',
    complete: 'none',
  }),
  version: flag.bool({ short: 'v', summary: 'Print the version' }),
  context: flag.string({ default: 'default', hidden: true, summary: 'Accepted for scripts written for docker; without effect' }),
  debug: flag.bool({ short: 'D', hidden: true, summary: 'Same as --log-level=debug' }),
  host: flag.string({ short: 'H', hidden: true, summary: 'Same as --url' }),
  noout: flag.bool({ hidden: true, summary: 'Throw standard output away' }),
};

const runtimeAndStore = {
  'cgroup-manager': flag.string({
    defaultText: '"cgroupfs"',
    summary: 'Who makes cgroups: "cgroupfs" or "systemd"',
    choices: ['cgroupfs', 'systemd'],
  }),
  imagestore: flag.string({ summary: 'Directory that holds images apart from the containers in --root', complete: 'directories' }),
  root: flag.string({ summary: 'Directory of images, containers and their layers', complete: 'directories' }),
  runroot: flag.string({ summary: 'Directory of what does not outlive a reboot', complete: 'directories' }),
  'storage-driver': flag.string({ summary: 'How layers are stored: "overlay" or "vfs"', choices: ['overlay', 'vfs'] }),
  'transient-store': flag.bool({ summary: 'Keep containers until the next reboot only' }),
  'default-mounts-file': flag.string({ hidden: true, summary: 'File that lists mounts for every container', complete: 'files' }),
  'registries-conf': flag.string({ hidden: true, summary: 'Read this file in place of registries.conf', complete: 'files' }),
  'cpu-profile': flag.string({ hidden: true, summary: 'Accepted; without effect', complete: 'files' }),
  'memory-profile': flag.string({ hidden: true, summary: 'Accepted; without effect', complete: 'files' }),
};

/** Understood before and after the command's name. */
const podmanPersistent = {
  ...runtimeAndStore,
  'cdi-spec-dir': flag.stringArray({
    defaultText: '[/etc/cdi,/var/run/cdi]',
    summary: 'Directory with descriptions of CDI devices; may be repeated',
    complete: 'directories',
  }),
  conmon: flag.string({ summary: 'The conmon program', complete: 'files' }),
  'events-backend': flag.string({
    defaultText: '"file"',
    summary: 'Where events go: "file", "journald" or "none"',
    choices: ['file', 'journald', 'none'],
  }),
  help: flag.bool({ summary: 'Explain the program' }),
  'hooks-dir': flag.stringArray({
    defaultText: '[/usr/share/containers/oci/hooks.d]',
    summary: 'Directory with OCI hooks; may be repeated',
    complete: 'directories',
  }),
  'log-level': flag.string({
    default: 'warn',
    summary: `Report what is at least this grave (${logLevels.join(', ')})`,
    choices: ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'],
  }),
  'network-cmd-path': flag.string({ summary: 'Program that connects rootless networks', complete: 'files' }),
  'network-config-dir': flag.string({ summary: 'Directory with the definitions of networks', complete: 'directories' }),
  runtime: flag.string({ defaultText: '"crun"', summary: 'OCI runtime: a name from containers.conf or a path', complete: 'files' }),
  'runtime-flag': flag.stringArray({ summary: 'Hand this flag on to the OCI runtime; may be repeated', complete: 'none' }),
  'storage-opt': flag.stringArray({ summary: 'Option of the storage driver; may be repeated', complete: 'none' }),
  syslog: flag.bool({ defaultText: 'false', summary: 'Send messages to syslog too' }),
  tmpdir: flag.string({ summary: 'Directory for the state of running containers', complete: 'directories' }),
  volumepath: flag.string({ summary: 'Directory of named volumes', complete: 'directories' }),
  'db-backend': flag.string({ hidden: true, summary: 'Database of the state; sqlite is the only one' }),
  'max-workers': flag.int({ hidden: true, summary: 'How much may be done at once' }),
  namespace: flag.string({ hidden: true, summary: 'Accepted; without effect' }),
  'network-backend': flag.string({ hidden: true, summary: 'Accepted; without effect' }),
  'pull-option': flag.stringArray({ hidden: true, summary: 'Option for pulling images' }),
  trace: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
};

const buildahPersistent = {
  ...runtimeAndStore,
  help: flag.bool({ short: 'h', summary: 'Explain the command' }),
  'log-level': podmanPersistent['log-level'],
  'registries-conf': flag.string({ summary: 'Read this file in place of registries.conf', complete: 'files' }),
  'registries-conf-dir': flag.string({ summary: 'Read this directory in place of registries.conf.d', complete: 'directories' }),
  root: flag.string({ ...runtimeAndStore.root, defaultText: '"/var/lib/containers/storage"' }),
  runroot: flag.string({ ...runtimeAndStore.runroot, defaultText: '"/run/containers/storage"' }),
  'short-name-alias-conf': flag.string({ summary: 'File that remembers which registry a short name meant', complete: 'files' }),
  'storage-opt': flag.strings({ summary: 'Option of the storage driver; may be repeated', complete: 'none' }),
  'userns-gid-map': flag.strings({
    valueName: 'ctrID:hostID:length',
    summary: 'Groups of the user namespace, for every container that says nothing else',
    complete: 'none',
  }),
  'userns-uid-map': flag.strings({
    valueName: 'ctrID:hostID:length',
    summary: 'Users of the user namespace, for every container that says nothing else',
    complete: 'none',
  }),
  debug: flag.bool({ hidden: true, summary: 'Same as --log-level=debug' }),
};

const skopeoPersistent = {
  'command-timeout': flag.duration({ summary: 'Give up after this time, such as 90s', complete: 'none' }),
  debug: flag.bool({ summary: 'Report what is done' }),
  'insecure-policy': flag.bool({ summary: 'Accept every image, whatever policy.json says' }),
  'override-arch': flag.string({
    valueName: 'ARCH',
    summary: 'Choose images for this architecture, not that of the machine',
    complete: 'none',
  }),
  'override-os': flag.string({
    valueName: 'OS',
    summary: 'Choose images for this operating system, not the running one',
    complete: 'none',
  }),
  'override-variant': flag.string({
    valueName: 'VARIANT',
    summary: 'Choose images for this variant of the architecture',
    complete: 'none',
  }),
  policy: flag.string({ summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
  'registries.d': flag.string({ valueName: 'DIR', summary: 'Read this directory in place of registries.d', complete: 'directories' }),
  tmpdir: flag.string({ summary: 'Directory for temporary files', complete: 'directories' }),
  'user-agent-prefix': flag.string({ summary: 'Text put before the user agent that registries see', complete: 'none' }),
  'registries-conf': flag.string({ hidden: true, summary: 'Read this file in place of registries.conf', complete: 'files' }),
  help: flag.bool({ short: 'h', summary: 'Explain the command' }),
};

/** Local flags stand before the command only, persistent ones anywhere. */
export interface GlobalFlags {
  local: FlagTable;
  persistent: FlagTable;
}

const version = { version: flag.bool({ short: 'v', summary: 'Print the version' }) };

export const globalFlags: Readonly<Record<ProgramName, GlobalFlags>> = {
  podman: { local: podmanLocal, persistent: podmanPersistent },
  selkie: { local: podmanLocal, persistent: podmanPersistent },
  buildah: { local: version, persistent: buildahPersistent },
  skopeo: { local: version, persistent: skopeoPersistent },
};

const fields: Readonly<Record<string, keyof GlobalOptions>> = {
  root: 'root',
  runroot: 'runroot',
  imagestore: 'imagestore',
  'storage-driver': 'storageDriver',
  'storage-opt': 'storageOpt',
  'transient-store': 'transientStore',
  'cgroup-manager': 'cgroupManager',
  conmon: 'conmon',
  runtime: 'runtime',
  'runtime-flag': 'runtimeFlags',
  tmpdir: 'tmpdir',
  'network-config-dir': 'networkConfigDir',
  'network-cmd-path': 'networkCmdPath',
  volumepath: 'volumepath',
  'events-backend': 'eventsBackend',
  'db-backend': 'databaseBackend',
  'hooks-dir': 'hooksDir',
  'cdi-spec-dir': 'cdiSpecDir',
  module: 'module',
  'default-mounts-file': 'defaultMountsFile',
  syslog: 'syslog',
  noout: 'noOut',
  out: 'out',
  remote: 'remote',
  url: 'url',
  host: 'url',
  connection: 'connection',
  identity: 'identity',
  'registries-conf': 'registriesConf',
  'registries-conf-dir': 'registriesConfDir',
  'short-name-alias-conf': 'shortNameAliasConf',
  'userns-uid-map': 'usernsUidMap',
  'userns-gid-map': 'usernsGidMap',
  policy: 'policy',
  'insecure-policy': 'insecurePolicy',
  'registries.d': 'registriesDir',
  'override-arch': 'overrideArch',
  'override-os': 'overrideOs',
  'override-variant': 'overrideVariant',
  'command-timeout': 'commandTimeoutMs',
  'user-agent-prefix': 'userAgentPrefix',
};

/** Puts the flags that were given, by name, into the options that libraries take; `own` are the command's, whose names are not global. */
export function addGlobals(options: GlobalOptions, given: ReadonlyMap<string, unknown>): GlobalOptions {
  const result: Record<string, unknown> & GlobalOptions = { ...options };
  for (const [name, value] of given) {
    if (name === 'log-level') result.logLevel = String(value).toLowerCase();
    else if (name === 'debug' && value === true) result.logLevel = 'debug';
    else if (fields[name] !== undefined) result[fields[name]] = value as never;
  }
  return result;
}

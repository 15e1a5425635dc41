import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import { ImageNotKnown } from '../image/image-errors.ts';
import type { ContainerConfig, ContainerNetwork, HealthcheckConfig, LogConfig, SecretMount } from './container.ts';
import { InvalidArgument, InvalidOption } from './create-errors.ts';
import type { SettledMappings } from './create-mappings.ts';
import { settleNetwork } from './create-network.ts';
import type { CreateOptions, ImageVolumeChoice } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import type { OciSpec } from './oci-spec.ts';
import { healthLogDestination } from './options/healthcheck.ts';
import { fromHumanSize } from './options/numbers.ts';
import { isSystemdMode, type SettledImage } from './settle-image.ts';
import type { SharedNamespaces } from './settle-namespaces.ts';
import { parseSignal } from './signals.ts';
import { isCdiName } from './spec/devices.ts';
import { systemHostname } from './spec/hostname.ts';
import { settleLabels } from './spec/labels.ts';
import { processMountOptions } from './spec/mount-options.ts';
import type { SettledNamespaces } from './spec/namespaces.ts';
import type { UserMounts } from './spec/user-mounts.ts';

export interface ConfigParts {
  id: string;
  name: string;
  options: CreateOptions;
  image: SettledImage | undefined;
  namespaces: SettledNamespaces;
  shared: SharedNamespaces;
  mappings: SettledMappings;
  mounts: UserMounts;
  labels: Record<string, string>;
  user: string;
  workdir: string;
  command: string[];
  healthcheck: HealthcheckConfig | undefined;
  spec: OciSpec;
}

const SIGTERM = 15;

/** The container's record out of what has been settled. */
export function buildConfig(engine: ContainerEngine, parts: ConfigParts): ContainerConfig {
  const { options, image, namespaces, shared, mappings, mounts, id } = parts;
  const { conf, paths } = engine;
  const staticDir = `${paths.containersDir}/${id}/userdata`;
  const runDir = `${paths.runContainersDir}/${id}/userdata`;
  const systemd = isSystemdMode(options.systemd ?? 'true', parts.command);
  const shm = shmSettings(engine, parts, staticDir);
  const network = settleNetwork(engine, options, namespaces.net, shared.network, image?.config);
  const cgroups = cgroupsMode(options.cgroups ?? conf.containers.cgroups);
  const hostname = hostnameOf(engine, parts);
  addAliases(network, id, options.hostname);
  const labels = settleLabels(engine, {
    options: options.labelOpts ?? [],
    privileged: options.privileged ?? false,
    systemd,
    pid: shared.namespaces.pid,
    ipc: shared.namespaces.ipc,
  });
  return {
    id,
    name: parts.name,
    created: new Date().toISOString(),
    image: image
      ? { id: image.image.id, name: image.name, rawName: options.rawImageName ?? options.image, digest: image.image.digest }
      : { id: '', name: '', rawName: '' },
    ...(options.rootfs ? { rootfs: options.rootfs } : {}),
    spec: parts.spec,
    staticDir,
    runDir,
    ...(options.pod ? { pod: options.pod.id } : {}),
    isInfra: options.isInfra ?? false,
    isService: options.isService ?? false,
    ...(options.initContainerType ? { initContainerType: options.initContainerType } : {}),
    dependencies: dependenciesOf(engine, parts),
    ...entrypointOf(parts),
    command: inspectCommand(parts),
    user: parts.user,
    hostUsers: options.hostUsers ?? [],
    addCurrentUserPasswdEntry: mappings.keepsCaller ?? false,
    passwd: options.passwd ?? true,
    ...(options.passwdEntry ? { passwdEntry: options.passwdEntry } : {}),
    ...(options.groupEntry ? { groupEntry: options.groupEntry } : {}),
    workdir: parts.workdir,
    createWorkdir: (!options.workdir && image !== undefined) || (options.createWorkdir ?? false),
    umask: options.umask ?? conf.containers.umask,
    timezone: options.timezone ?? conf.containers.tz,
    tty: options.tty ?? false,
    stdin: options.stdin ?? false,
    envSecrets: options.envSecrets ?? {},
    secrets: secretsOf(engine, options),
    labels: parts.labels,
    createCommand: options.createCommand ?? [],
    namespaces: shared.namespaces,
    ...(mappings.uidMap.length > 0 || mappings.gidMap.length > 0
      ? { idMappings: { uidMap: mappings.uidMap, gidMap: mappings.gidMap } }
      : {}),
    hostname,
    privileged: options.privileged ?? false,
    readOnly: options.readOnly ?? false,
    readWriteTmpfs: options.readWriteTmpfs ?? false,
    processLabel: labels.process,
    mountLabel: labels.mount,
    network,
    userVolumes: [...(options.mounts ?? []), ...mounts.volumes, ...mounts.overlays, ...(options.imageVolumes ?? [])].map(
      ({ destination }) => destination,
    ),
    namedVolumes: mounts.volumes.map((volume) => ({
      ...volume,
      options: processMountOptions(
        volume.options.filter((option) => option !== 'nocreate'),
        false,
        '',
      ),
      anonymous: volume.anonymous ?? false,
    })),
    overlayVolumes: mounts.overlays,
    imageVolumes: (options.imageVolumes ?? []).map((volume) => ({ ...volume, imageId: imageOfVolume(engine, volume) })),
    ...(options.artifactVolumes?.length ? { artifactVolumes: options.artifactVolumes } : {}),
    chrootDirs: options.chrootDirs ?? [],
    ...shm,
    ...(options.shmSizeSystemd === undefined ? {} : { shmSizeSystemd: options.shmSizeSystemd }),
    ...cdiOf(engine, options),
    storageOptions: Object.entries(options.storageOptions ?? {}).map(([key, value]) => `${key}=${value}`),
    volatile: options.remove ?? false,
    stopSignal: stopSignal(parts, systemd),
    stopTimeout: options.isInfra ? 10 : (options.stopTimeout ?? conf.engine.stop_timeout),
    timeout: options.timeout ?? 0,
    ...restartOf(options),
    autoRemove: options.remove ?? false,
    log: logOf(engine, options, staticDir),
    cgroups,
    cgroupManager: engine.cgroupManager,
    cgroupParent: cgroups === 'disabled' ? (options.cgroupParent ?? '') : cgroupParent(engine, options, cgroups),
    runtime: runtimeOf(engine, options, image),
    conmonPidFile: options.conmonPidFile || `${runDir}/conmon.pid`,
    pidFile: options.pidFile || `${runDir}/pidfile`,
    sdnotify: sdnotifyOf(options),
    preserveFds: options.preserveFds ?? 0,
    preserveFd: options.preserveFd ?? [],
    ...(parts.healthcheck ? { healthcheck: parts.healthcheck } : {}),
    ...(options.startupHealthcheck ? { startupHealthcheck: options.startupHealthcheck } : {}),
    healthcheckOnFailure: options.healthcheckOnFailure ?? 'none',
    healthLog: healthLogOf(options),
    kubeExitCodePropagation: options.kubeExitCodePropagation ?? '',
    facts: {
      capAdd: options.capAdd ?? [],
      capDrop: options.capDrop ?? [],
      securityOpt: [],
      groupAdd: options.groupAdd ?? [],
      binds: [],
      tmpfs: {},
      annotations: options.annotations ?? {},
      cidFile: options.cidFile ?? '',
      volumesFrom: options.volumesFrom ?? [],
      init: options.init ?? false,
      ...(options.initPath ? { initPath: options.initPath } : {}),
      systemd,
      publishAll: options.publishAll ?? false,
      attach: options.attach ?? { stdin: options.stdin ?? false, stdout: true, stderr: true },
      autoRemoveImage: options.removeImage ?? false,
      usernsText: namespaces.user.kind === 'host' ? '' : 'private',
      ...options.facts,
    },
  };
}

function cdiOf({ conf }: ContainerEngine, options: CreateOptions): { cdiDevices?: string[] } {
  const cdiDevices = [...conf.containers.devices, ...(options.devices ?? [])].filter(isCdiName);
  return cdiDevices.length > 0 ? { cdiDevices } : {};
}

/** What inspect shows as Cmd: the image's only where the entrypoint is the image's too. */
function inspectCommand({ options, image }: ConfigParts): string[] {
  if (options.command) return options.command;
  return options.entrypoint ? [] : (image?.config.Cmd ?? []);
}

function entrypointOf({ options, image }: ConfigParts): { entrypoint?: string[] } {
  const entrypoint = options.entrypoint ?? image?.config.Entrypoint;
  return entrypoint ? { entrypoint } : {};
}

function shmSettings(
  engine: ContainerEngine,
  { options, shared, spec }: ConfigParts,
  staticDir: string,
): { shmSize: number; shmDir?: string } {
  const size = options.shmSize ?? fromHumanSize(engine.conf.containers.shm_size);
  const { ipc } = shared.namespaces;
  if (ipc.kind === 'host') return { shmSize: 0, shmDir: '/dev/shm' };
  if (ipc.kind === 'container') {
    const donor = engine.state.get(ipc.container ?? '');
    return { shmSize: 0, ...(donor?.config.shmDir ? { shmDir: donor.config.shmDir } : {}) };
  }
  if (ipc.kind === 'none' || spec.mounts?.some(({ destination }) => destination === '/dev/shm')) return { shmSize: 0 };
  return { shmSize: size, shmDir: `${staticDir}/shm` };
}

function hostnameOf(engine: ContainerEngine, { spec, namespaces, id, name }: ConfigParts): string {
  if (spec.hostname) return spec.hostname;
  if (namespaces.uts.kind === 'host') return systemHostname();
  return engine.conf.containers.container_name_as_hostname ? name.replace(/[^a-zA-Z0-9.-]/g, '') : id.slice(0, 12);
}

/** Every container can be found by its short ID, and by a host name that was given. */
function addAliases(network: ContainerNetwork, id: string, hostname: string | undefined): void {
  for (const { options } of network.networks) {
    options.aliases = [...(options.aliases ?? []), id.slice(0, 12), ...(hostname ? [hostname] : [])];
  }
}

function dependenciesOf(engine: ContainerEngine, { options, shared }: ConfigParts): string[] {
  const dependencies = new Set(shared.dependencies);
  for (const name of options.dependencies ?? []) {
    try {
      dependencies.add(engine.state.lookup(name).id);
    } catch (error) {
      throw new InvalidOption(
        `${JSON.stringify(name)} is not a valid container, cannot be used as a dependency: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
  if (options.pod?.infraId && !options.isInfra) dependencies.add(options.pod.infraId);
  return [...dependencies];
}

function healthLogOf({ healthLog }: CreateOptions): ContainerConfig['healthLog'] {
  const log = { destination: 'local', maxCount: 5, maxSize: 500, ...healthLog };
  return { ...log, destination: healthLogDestination(log.destination, 'running container create option: ') };
}

function secretsOf(engine: ContainerEngine, options: CreateOptions): SecretMount[] {
  const wanted = options.secrets ?? [];
  const names = Object.values(options.envSecrets ?? {});
  if (wanted.length + names.length === 0) return [];
  const { SecretStore } = require('../secret/secret-store.ts') as typeof import('../secret/secret-store.ts');
  const store = new SecretStore(engine.paths.secretsDir);
  for (const name of names) {
    try {
      store.lookup(name);
    } catch (error) {
      throw new InvalidOption(`running container create option: ${(error as Error).message}`, { cause: error });
    }
  }
  return wanted.map(({ source, ...rest }) => {
    const { id, name } = store.lookup(source);
    return { id, name, ...rest };
  });
}

function stopSignal({ options, image }: ConfigParts, systemd: boolean): number {
  if (options.stopSignal !== undefined) return options.stopSignal;
  if (image?.config.StopSignal) return parseSignal(image.config.StopSignal.replace(/^-/, ''));
  return systemd ? parseSignal('RTMIN+3') : SIGTERM;
}

function restartOf(options: CreateOptions): Pick<ContainerConfig, 'restartPolicy' | 'restartRetries'> {
  const fromPod = options.pod && !options.initContainerType && !options.restartPolicy;
  const policy = (fromPod ? options.pod?.restartPolicy : options.restartPolicy) ?? '';
  const retries = (fromPod ? options.pod?.restartRetries : options.restartRetries) ?? 0;
  switch (policy) {
    case '':
    case 'no':
    case 'always':
    case 'on-failure':
    case 'unless-stopped':
      return { restartPolicy: policy, restartRetries: retries };
    default:
      throw new InvalidArgument(`running container create option: ${JSON.stringify(policy)} is not a valid restart policy`);
  }
}

const logDrivers = ['k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'] as const;

function logOf({ conf }: ContainerEngine, options: CreateOptions, staticDir: string): LogConfig {
  const given = options.logDriver || conf.containers.log_driver;
  const name = given === 'json-file' || given === '' ? 'k8s-file' : given;
  const driver = logDrivers.find((candidate) => candidate === name);
  if (!driver) throw new InvalidArgument(`running container create option: invalid log driver`);
  const path = options.logPath || conf.containers.log_path;
  return {
    driver,
    ...(given === 'json-file' ? { alias: given } : {}),
    path: path || (driver === 'k8s-file' ? `${staticDir}/ctr.log` : ''),
    sizeMax: options.logSize || conf.containers.log_size_max,
    tag: options.logTag ?? conf.containers.log_tag,
    labels: options.logLabels ?? {},
  };
}

function cgroupsMode(text: string): ContainerConfig['cgroups'] {
  switch (text) {
    case '':
    case 'enabled':
      return 'enabled';
    case 'disabled':
    case 'no-conmon':
    case 'split':
      return text;
    default:
      throw new InvalidArgument(`running container create option: invalid cgroup mode ${JSON.stringify(text)}`);
  }
}

function cgroupParent(engine: ContainerEngine, options: CreateOptions, mode: ContainerConfig['cgroups']): string {
  const given = options.cgroupParent ?? '';
  const fromPod = options.pod && !options.isInfra ? (options.pod.cgroupParent ?? '') : '';
  if (engine.cgroupManager === 'systemd') {
    if (given === '') return fromPod || (mode === 'split' ? '' : isRootless() ? 'user.slice' : 'machine.slice');
    if (given.length < 6 || !given.endsWith('.slice'))
      throw new InvalidArgument('did not receive systemd slice as cgroup parent when using systemd to manage cgroups');
    return given;
  }
  if (given === '') return fromPod || (isRootless() || mode === 'split' ? '' : '/libpod_parent');
  if (given.endsWith('.slice')) throw new InvalidArgument('systemd slice received as cgroup parent when using cgroupfs');
  return given;
}

function runtimeOf(engine: ContainerEngine, options: CreateOptions, image: SettledImage | undefined): string {
  if (options.runtime) return options.runtime;
  if (engine.globals.runtime) return engine.globals.runtime;
  const document = image?.image.image();
  const byPlatform = document && engine.conf.engine.platform_to_oci_runtime[`${document.os}/${document.architecture}`];
  return byPlatform ?? engine.conf.engine.runtime;
}

function sdnotifyOf(options: CreateOptions): ContainerConfig['sdnotify'] {
  const mode = (options.sdnotifyMode || 'container') as ContainerConfig['sdnotify']['mode'];
  const socket = process.env['NOTIFY_SOCKET'];
  return { mode, ...(socket && mode !== 'ignore' ? { socket } : {}) };
}

/** @throws ImageNotKnown, in the words that podman has for it when the container starts */
function imageOfVolume(engine: ContainerEngine, { source, destination }: ImageVolumeChoice): string {
  try {
    return engine.images.lookup(source).id;
  } catch (cause) {
    if (!(cause instanceof ImageNotKnown)) throw cause;
    const text = `creating image volume ${JSON.stringify(source)}:${JSON.stringify(destination)}: ${cause.message}`;
    throw new SelkieError(text, { cause, exitCode: 126 });
  }
}

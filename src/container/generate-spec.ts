import { sortedKeys } from '../storage/go-json.ts';
import type { Container, ContainerConfig, HealthcheckConfig, NamespaceMode } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { userVolumesOf } from './inspect-mounts.ts';
import type { OciIdMapping, OciResources } from './oci-spec.ts';
import { labelOptionsOf } from './spec/labels.ts';

/**
 * A container in the terms of podman's SpecGenerator, from which its API makes another one. podman fills it from its own records where a
 * name of theirs is one of the generator's as well; so some of what was asked for is not in it, as DNS servers.
 */
export function containerSpec(engine: ContainerEngine, container: Container): Record<string, unknown> {
  const { config } = container;
  const { spec, network } = config;
  const isRootfs = config.rootfs !== undefined;
  const { volumes, mounts } = userVolumesOf(container, spec);
  const env = Object.fromEntries((spec.process?.env ?? []).filter((entry) => entry.includes('=')).map(splitVariable));
  return present({
    name: config.name,
    pod: config.pod,
    entrypoint: config.entrypoint,
    command: config.command,
    env: sortedKeys(env),
    stdin: config.stdin,
    labels: sortedKeys(config.labels),
    timeout: config.timeout,
    restart_policy: config.restartPolicy,
    sdnotifyMode: config.sdnotify.mode,
    pidns: namespaceOf(config.namespaces.pid),
    utsns: namespaceOf(config.namespaces.uts, 'private'),
    hostusers: config.hostUsers,
    containerCreateCommand: config.createCommand,
    timezone: config.timezone,
    secret_env: config.envSecrets,
    init_container_type: config.initContainerType ?? '',
    passwd_entry: config.passwdEntry,
    group_entry: config.groupEntry,
    image: config.image.id,
    rootfs: config.rootfs?.path,
    rootfs_overlay: config.rootfs?.overlay || undefined,
    rootfs_mapping: config.rootfs?.mapping,
    mounts: mounts.map(({ destination, type, source, options }) => present({ destination, type, source, options })),
    volumes: volumes.map(({ name, destination, options }) => ({
      Name: name,
      Dest: destination,
      Options: options,
      IsAnonymous: false,
      SubPath: '',
    })),
    overlay_volumes: config.overlayVolumes.map(({ destination, source, options }) => ({ destination, source, options })),
    image_volumes: config.imageVolumes.map(({ source, destination, readWrite }) => ({
      Source: source,
      Destination: destination,
      ReadWrite: readWrite,
    })),
    ipcns: ipcNamespaceOf(config),
    shm_size: config.namespaces.ipc.kind === 'host' || config.namespaces.ipc.kind === 'container' ? DEFAULT_SHM_SIZE : config.shmSize,
    shm_size_systemd: config.shmSizeSystemd ?? 0,
    secrets: config.secrets.map(({ target, uid, gid, mode }) => ({ Source: '', Target: target, UID: uid, GID: gid, Mode: mode })),
    volatile: config.volatile || undefined,
    chroot_directories: config.chrootDirs,
    privileged: config.privileged,
    user: config.user,
    groups: config.facts.groupAdd,
    selinux_opts: labelOptionsOf(engine, config),
    userns: config.addCurrentUserPasswdEntry ? { nsmode: 'keep-id' } : { nsmode: 'default' },
    idmappings: idMappingsOf(config),
    label_nested: false,
    umask: config.umask.padStart(4, '0'),
    cgroupns: namespaceOf(config.namespaces.cgroup),
    netns: networkNamespaceOf(config),
    portmappings: network.networks.length > 0 ? network.portMappings.map(portOf) : undefined,
    expose: network.networks.length > 0 ? exposedOf(network.exposedPorts) : undefined,
    Networks: networksOf(config),
    use_image_hostname: network.noHostname,
    use_image_hosts: network.noHosts,
    network_options: network.modeOptions.length > 0 ? { [network.mode.split(':')[0]!]: network.modeOptions } : undefined,
    resource_limits: spec.linux?.resources && inOrder(spec.linux.resources),
    healthconfig: config.healthcheck ? healthOf(config.healthcheck) : isRootfs ? {} : undefined,
    health_check_on_failure_action:
      ['none', 'kill', 'restart', 'stop'].indexOf(config.healthcheckOnFailure) + (config.healthcheckOnFailure === 'none' ? 0 : 1),
    startupHealthConfig: config.startupHealthcheck && healthOf(config.startupHealthcheck),
    healthLogDestination: config.healthLog.destination,
    healthMaxLogCount: config.healthLog.maxCount,
    healthMaxLogSize: config.healthLog.maxSize,
  });
}

/** Limits in the order of the runtime specification. */
const inOrder = ({ devices, memory, cpu, pids, ...others }: OciResources): Record<string, unknown> =>
  present({ devices, memory, cpu, pids, ...others });

/** Bytes. */
const DEFAULT_SHM_SIZE = 65_536_000;

/** These are written although they are Go's zero. */
const always = new Set([
  'init_container_type',
  'image',
  'shm_size',
  'shm_size_systemd',
  'privileged',
  'label_nested',
  'Networks',
  'use_image_hostname',
  'use_image_hosts',
  'healthMaxLogCount',
  'healthMaxLogSize',
]);

/** Without what Go's `omitempty` leaves out. */
export function present(fields: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
  const isEmptyMap = (name: string, value: unknown): boolean =>
    ['labels', 'env', 'secret_env', 'expose'].includes(name) && Object.keys(value as object).length === 0;
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => always.has(name) || (!isEmpty(value) && !isEmptyMap(name, value))),
  );
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}

const namespaceOf = ({ kind }: NamespaceMode, own = 'default'): object => (kind === 'container' ? {} : { nsmode: own });

function ipcNamespaceOf({ namespaces: { ipc }, shmDir }: ContainerConfig): object {
  if (ipc.kind === 'container') return {};
  if (shmDir === '/dev/shm') return { nsmode: 'host' };
  return { nsmode: shmDir === undefined ? 'none' : 'default' };
}

function networkNamespaceOf({ network }: ContainerConfig): object {
  if (network.sharedWith !== undefined) return {};
  return { nsmode: network.networks.length > 0 ? 'bridge' : 'private' };
}

const portOf = ({ hostIp, containerPort, hostPort, range, protocol }: ContainerConfig['network']['portMappings'][number]): object => ({
  host_ip: hostIp,
  container_port: containerPort,
  host_port: hostPort,
  range,
  protocol,
});

function exposedOf(ports: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const port of ports) {
    const [number = '', protocol = 'tcp'] = port.split('/');
    found[number] = found[number] ? `${found[number]},${protocol}` : protocol;
  }
  return found;
}

function networksOf({ network }: ContainerConfig): object | null {
  if (network.networks.length === 0) return null;
  return sortedKeys(
    Object.fromEntries(
      network.networks.map(({ name, options }) => [
        name,
        present({
          static_ips: options.staticIps,
          aliases: options.aliases,
          static_mac: options.staticMac,
          interface_name: options.interfaceName,
          options: options.options && Object.keys(options.options).length > 0 ? options.options : undefined,
        }),
      ]),
    ),
  );
}

/** As containers/storage writes them. */
export function idMappingsOf({ idMappings, pod, isInfra }: ContainerConfig): object {
  const isHost = idMappings === undefined && (pod === undefined || isInfra);
  const entries = (map: readonly OciIdMapping[] | undefined) =>
    map?.map(({ containerID, hostID, size }) => ({ container_id: containerID, host_id: hostID, size })) ?? null;
  return {
    HostUIDMapping: isHost,
    HostGIDMapping: isHost,
    UIDMap: entries(idMappings?.uidMap),
    GIDMap: entries(idMappings?.gidMap),
    AutoUserNs: false,
    AutoUserNsOpts: {
      Size: 0,
      InitialSize: 0,
      PasswdFile: '',
      GroupFile: '',
      AdditionalUIDMappings: null,
      AdditionalGIDMappings: null,
    },
  };
}

/** In docker's words. */
export const healthOf = (check: HealthcheckConfig & { successes?: number }): object =>
  present({
    Test: check.test,
    StartPeriod: check.startPeriod,
    Interval: check.interval,
    Timeout: check.timeout,
    Retries: check.retries,
    Successes: check.successes,
  });

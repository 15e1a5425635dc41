import { existsSync, mkdirSync } from 'node:fs';
import { isRootless } from '../../../config/paths.ts';
import { createContainer } from '../../../container/create.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { NameInUse } from '../../../container/errors.ts';
import { SelkieError } from '../../../errors.ts';
import { ImageNotKnown } from '../../../image/image-errors.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { dockerName } from './image-names.ts';

interface Mount {
  Type: string;
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: { Propagation?: string; NonRecursive?: boolean };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
  VolumeOptions?: { Subpath?: string };
}

interface Endpoint {
  Aliases?: string[] | null;
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null;
  MacAddress?: string;
}

interface DeviceLimit {
  Path: string;
  Rate: number;
}

interface HostConfig {
  Annotations: Record<string, string>;
  AutoRemove: boolean;
  Binds: string[] | null;
  BlkioDeviceReadBps: DeviceLimit[] | null;
  BlkioDeviceReadIOps: DeviceLimit[] | null;
  BlkioDeviceWriteBps: DeviceLimit[] | null;
  BlkioDeviceWriteIOps: DeviceLimit[] | null;
  BlkioWeight: number;
  BlkioWeightDevice: { Path: string; Weight: number }[] | null;
  CapAdd: string[] | null;
  CapDrop: string[] | null;
  CgroupnsMode: string;
  CgroupParent: string;
  CpuPeriod: number;
  CpuQuota: number;
  CpuRealtimePeriod: number;
  CpuRealtimeRuntime: number;
  CpuShares: number;
  CpusetCpus: string;
  CpusetMems: string;
  DeviceCgroupRules: string[] | null;
  DeviceRequests: { Driver: string; DeviceIDs: string[] | null }[] | null;
  Devices: { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[] | null;
  Dns: string[] | null;
  DnsOptions: string[] | null;
  DnsSearch: string[] | null;
  ExtraHosts: string[] | null;
  GroupAdd: string[] | null;
  Init: boolean | null;
  IpcMode: string;
  Links: string[] | null;
  LogConfig: { Type: string; Config: Record<string, string> | null };
  Memory: number;
  MemoryReservation: number;
  MemorySwap: number;
  MemorySwappiness: number | null;
  Mounts: Mount[] | null;
  NanoCpus: number;
  NetworkMode: string;
  OomKillDisable: boolean | null;
  OomScoreAdj: number;
  PidMode: string;
  PidsLimit: number | null;
  PortBindings: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
  Privileged: boolean;
  PublishAllPorts: boolean;
  ReadonlyRootfs: boolean;
  RestartPolicy: { Name: string; MaximumRetryCount: number };
  SecurityOpt: string[] | null;
  ShmSize: number;
  StorageOpt: Record<string, string> | null;
  Sysctls: Record<string, string> | null;
  Tmpfs: Record<string, string> | null;
  Ulimits: { Name: string; Soft: number; Hard: number }[] | null;
  UsernsMode: string;
  UTSMode: string;
  VolumesFrom: string[] | null;
}

interface CreateBody {
  Cmd: string[] | string | null;
  Entrypoint: string[] | string | null;
  Env: string[] | null;
  ExposedPorts: Record<string, unknown> | null;
  Healthcheck: { Test?: string[]; Interval?: number; Timeout?: number; StartPeriod?: number; Retries?: number } | null;
  HostConfig: Partial<HostConfig> | null;
  Hostname: string;
  Image: string;
  Labels: Record<string, string> | null;
  MacAddress: string;
  NetworkingConfig: { EndpointsConfig?: Record<string, Endpoint | null> | null } | null;
  OpenStdin: boolean;
  StopSignal: string;
  StopTimeout: number | null;
  Tty: boolean;
  User: string;
  Volumes: Record<string, unknown> | null;
  WorkingDir: string;
}

/** POST /containers/create: Docker's settings become flags of `create`, as podman does it, and so have the same effect. */
export const create: Handler = async (exchange, { engine, createOptions }) => {
  const body = await exchange.json<CreateBody>();
  if (body.HostConfig?.Links?.length) throw new ApiError(400, 'bad parameter: link is not supported');
  const image = imageOf(engine, exchange, body.Image ?? '');
  const host = body.HostConfig ?? {};
  makeSources(host);
  const networks = networkFlags(engine, body, host).map((network) => `--network=${network}`);
  const options = createOptions([...flagsOf(exchange, body, host), ...networks, '--', image, ...words(body.Cmd)]);
  options.createWorkdir = true;
  options.createCommand = [];
  if (engine.conf.containers.base_hosts_file === '') options.hostsFile = 'none';
  const warnings: string[] = [];
  options.onWarning = (text) => void warnings.push(text);
  const container = await createContainer(engine, options).catch(refuse);
  exchange.send(201, { Id: container.id, Warnings: warnings });
};

/** The way out that the command line names is not one here. @throws ApiError */
function refuse(error: unknown): never {
  if (!(error instanceof SelkieError)) throw error;
  const message = `container create: ${error.message.replace(/, or use --replace .*$/, '')}`;
  throw new ApiError(error instanceof NameInUse ? 409 : 500, message, { cause: error });
}

/** @throws ApiError 404 */
function imageOf(engine: ContainerEngine, exchange: Exchange, given: string): string {
  const name = dockerName(engine, given);
  const [os, architecture, variant] = exchange.text('platform').split('/');
  const platform = { ...(os ? { os } : {}), ...(architecture ? { architecture } : {}), ...(variant ? { variant } : {}) };
  try {
    const found = engine.images.find(name, os ? { platform } : {});
    return found.image.names.length > 1 ? found.name : found.image.id;
  } catch (error) {
    if (!(error instanceof ImageNotKnown)) throw error;
    throw new ApiError(404, `no such image: ${error.message}`, { cause: error });
  }
}

/** Docker makes the directories of the host that are to be mounted. */
function makeSources({ Binds, Mounts }: Partial<HostConfig>): void {
  const sources = [
    ...(Binds ?? []).map((bind) => bind.split(':')).flatMap(([source, target]) => (target === undefined ? [] : [source!])),
    ...(Mounts ?? []).map(({ Source }) => Source ?? ''),
  ];
  for (const source of sources) if (source.startsWith('/') && !existsSync(source)) mkdirSync(source, { recursive: true, mode: 0o755 });
}

const words = (given: string[] | string | null | undefined): string[] => (typeof given === 'string' ? [given] : (given ?? []));

function flagsOf(exchange: Exchange, body: Partial<CreateBody>, host: Partial<HostConfig>): string[] {
  const flags: string[] = [];
  const one = (name: string, value: string | number | boolean | null | undefined) => {
    if (value !== undefined && value !== null && value !== '' && value !== 0 && value !== false) flags.push(`--${name}=${value}`);
  };
  const many = (name: string, values: readonly string[] | null | undefined) => {
    for (const value of values ?? []) flags.push(`--${name}=${value}`);
  };
  const pairs = (name: string, values: Record<string, string> | null | undefined) =>
    many(
      name,
      Object.entries(values ?? {}).map(([key, value]) => `${key}=${value}`),
    );
  const limits = (name: string, values: DeviceLimit[] | null | undefined) =>
    many(
      name,
      (values ?? []).map(({ Path, Rate }) => `${Path}:${Rate}`),
    );

  one('name', exchange.text('name').replace(/^\//, ''));
  one('platform', exchange.text('platform'));
  pairs('annotation', host.Annotations);
  one('rm', host.AutoRemove);
  many('cap-add', host.CapAdd);
  many('cap-drop', host.CapDrop);
  one('cgroupns', host.CgroupnsMode);
  one('cgroup-parent', host.CgroupParent);
  if (host.NanoCpus && (host.CpuPeriod || host.CpuQuota))
    throw new ApiError(500, 'make cli opts(): NanoCpus conflicts with CpuPeriod and CpuQuota');
  one('cpu-period', host.NanoCpus ? 100_000 : host.CpuPeriod);
  one('cpu-quota', host.NanoCpus ? Math.trunc(host.NanoCpus / 10_000) : host.CpuQuota);
  one('cpu-rt-period', host.CpuRealtimePeriod);
  one('cpu-rt-runtime', host.CpuRealtimeRuntime);
  one('cpu-shares', host.CpuShares);
  one('cpuset-cpus', host.CpusetCpus);
  one('cpuset-mems', host.CpusetMems);
  many('device-cgroup-rule', host.DeviceCgroupRules);
  many(
    'device',
    (host.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) =>
      [PathOnHost, PathInContainer, CgroupPermissions].filter(Boolean).join(':'),
    ),
  );
  for (const { Driver, DeviceIDs } of host.DeviceRequests ?? []) if (Driver === 'cdi') many('device', DeviceIDs);
  limits('device-read-bps', host.BlkioDeviceReadBps);
  limits('device-read-iops', host.BlkioDeviceReadIOps);
  limits('device-write-bps', host.BlkioDeviceWriteBps);
  limits('device-write-iops', host.BlkioDeviceWriteIOps);
  one('blkio-weight', host.BlkioWeight);
  many(
    'blkio-weight-device',
    (host.BlkioWeightDevice ?? []).map(({ Path, Weight }) => `${Path}:${Weight}`),
  );
  many('dns', host.Dns);
  many('dns-option', host.DnsOptions);
  many('dns-search', host.DnsSearch);
  many('add-host', host.ExtraHosts);
  if (body.Entrypoint !== undefined && body.Entrypoint !== null) flags.push(`--entrypoint=${JSON.stringify(words(body.Entrypoint))}`);
  many('env', body.Env);
  many('expose', Object.keys(body.ExposedPorts ?? {}));
  many('group-add', host.GroupAdd);
  healthFlags(body.Healthcheck, one, flags);
  one('hostname', body.Hostname);
  one('init', host.Init);
  one('interactive', body.OpenStdin);
  one('ipc', host.IpcMode);
  pairs('label', body.Labels);
  one('log-driver', host.LogConfig?.Type);
  pairs('log-opt', host.LogConfig?.Config);
  one('memory', host.Memory);
  one('memory-reservation', host.MemoryReservation);
  one('memory-swap', host.MemorySwap);
  if (typeof host.MemorySwappiness === 'number' && host.MemorySwappiness >= 0 && !isRootless())
    flags.push(`--memory-swappiness=${host.MemorySwappiness}`);
  many('mount', (host.Mounts ?? []).map(mountText));
  one('oom-kill-disable', host.OomKillDisable);
  one('oom-score-adj', host.OomScoreAdj);
  one('pid', host.PidMode);
  one('pids-limit', host.PidsLimit);
  one('privileged', host.Privileged);
  many('publish', publishFlags(host));
  one('publish-all', host.PublishAllPorts);
  one('read-only', host.ReadonlyRootfs);
  const { Name: policy, MaximumRetryCount: retries = 0 } = host.RestartPolicy ?? {};
  one('restart', policy === 'on-failure' ? `on-failure:${retries}` : policy);
  many('security-opt', host.SecurityOpt);
  one('shm-size', host.ShmSize && `${host.ShmSize}b`);
  one('stop-signal', body.StopSignal);
  if (typeof body.StopTimeout === 'number') flags.push(`--stop-timeout=${body.StopTimeout}`);
  pairs('storage-opt', host.StorageOpt);
  pairs('sysctl', host.Sysctls);
  many(
    'tmpfs',
    Object.entries(host.Tmpfs ?? {}).map(([path, options]) => (options === '' ? path : `${path}:${options}`)),
  );
  one('tty', body.Tty);
  many(
    'ulimit',
    (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`),
  );
  one('user', body.User);
  one('userns', host.UsernsMode);
  one('uts', host.UTSMode);
  many('volume', volumesOf(body, host));
  many('volumes-from', host.VolumesFrom);
  one('workdir', body.WorkingDir);
  return flags;
}

function healthFlags(
  health: CreateBody['Healthcheck'] | undefined,
  one: (name: string, value?: string | number) => void,
  flags: string[],
): void {
  if (!health) return;
  if (health.Test?.length) flags.push(`--health-cmd=${JSON.stringify(health.Test)}`);
  one('health-interval', health.Interval && `${health.Interval}ns`);
  one('health-timeout', health.Timeout && `${health.Timeout}ns`);
  one('health-start-period', health.StartPeriod && `${health.StartPeriod}ns`);
  one('health-retries', health.Retries);
}

/** A mount as `--mount` takes it; a field with a comma or quote is quoted as CSV is. */
function mountText(mount: Mount): string {
  const { BindOptions: bind, TmpfsOptions: tmpfs, VolumeOptions: volume } = mount;
  const fields: [string, string | undefined][] = [
    ['type', mount.Type],
    ['source', mount.Source],
    ['target', mount.Target],
    ['ro', mount.ReadOnly ? 'true' : undefined],
    ['consistency', mount.Consistency],
    ['bind-propagation', mount.Type === 'bind' ? bind?.Propagation : undefined],
    ['bind-nonrecursive', mount.Type === 'bind' && bind?.NonRecursive ? 'true' : undefined],
    ['tmpfs-size', mount.Type === 'tmpfs' && tmpfs?.SizeBytes ? String(tmpfs.SizeBytes) : undefined],
    ['tmpfs-mode', mount.Type === 'tmpfs' && tmpfs?.Mode ? tmpfs.Mode.toString(8) : undefined],
    ['subpath', mount.Type === 'volume' ? volume?.Subpath : undefined],
  ];
  return fields
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => (/[",\n]/.test(value!) ? `"${key}=${value!.replaceAll('"', '""')}"` : `${key}=${value}`))
    .join(',');
}

/** Binds, and the anonymous volumes that nothing else is mounted upon: compose names some twice. */
function volumesOf(body: Partial<CreateBody>, host: Partial<HostConfig>): string[] {
  const binds = host.Binds ?? [];
  const taken = new Set([...binds.map((bind) => bind.split(':')[1] ?? bind), ...(host.Mounts ?? []).map(({ Target }) => Target)]);
  return [...binds, ...Object.keys(body.Volumes ?? {}).filter((path) => !taken.has(path))];
}

/** Networks as `--network` takes them, each with what is asked for in it. */
function networkFlags(engine: ContainerEngine, body: Partial<CreateBody>, host: Partial<HostConfig>): string[] {
  const mode = networkMode(engine, host);
  const isBridge = !/^(host|none|private|pasta|slirp4netns|container:|ns:)/.test(mode);
  let mac = body.MacAddress ?? '';
  const networks = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {}).map(([name, endpoint]) => {
    const own = endpoint?.MacAddress || mac;
    mac = '';
    const options = [
      ...(endpoint?.Aliases ?? []).map((alias) => `alias=${alias}`),
      ...[endpoint?.IPAMConfig?.IPv4Address, endpoint?.IPAMConfig?.IPv6Address].filter(Boolean).map((ip) => `ip=${ip}`),
      ...(own ? [`mac=${own}`] : []),
    ];
    if (!isBridge && options.length > 0)
      throw new ApiError(500, 'make cli opts(): networks and static ip/mac address can only be used with Bridge mode networking');
    return [dockerNetwork(engine, name), ...(options.length > 0 ? [options.join(',')] : [])].join(':');
  });
  return isBridge && networks.length > 0 ? networks : [isBridge ? dockerNetwork(engine, mode) : mode];
}

/** Docker's `default` is a bridge, rootless too, unless containers.conf says otherwise. */
function networkMode({ conf }: ContainerEngine, { NetworkMode: mode = '' }: Partial<HostConfig>): string {
  if (mode !== '' && mode !== 'default') return mode;
  const { netns } = conf.containers;
  return netns === '' || netns === 'default' || netns === 'private' ? 'bridge' : netns;
}

/** The client names the default network as docker does. */
export const dockerNetwork = ({ conf }: ContainerEngine, name: string): string =>
  name === 'bridge' || name === 'default' ? conf.network.default_network : name;

/** Published ports as `--publish` takes them. */
function publishFlags({ PortBindings }: Partial<HostConfig>): string[] {
  return Object.entries(PortBindings ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp = '', HostPort = '' }) => {
      const ip = HostIp.includes(':') ? `[${HostIp}]` : HostIp;
      return [...(ip === '' ? [] : [ip]), ...(ip === '' && HostPort === '' ? [] : [HostPort]), port].join(':');
    }),
  );
}

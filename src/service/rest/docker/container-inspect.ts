import type { Container } from '../../../container/container.ts';
import { podmanStatus } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { inspectContainer } from '../../../container/inspect.ts';
import { formatInstant, instantOf } from '../../../image/instant.ts';
import type { Exchange } from '../exchange.ts';
import type { Service } from '../route.ts';
import { dockerState } from './docker-state.ts';

type Fields = Record<string, unknown>;

/** GET /containers/{name}/json */
export function inspect(exchange: Exchange, { engine }: Service): void {
  const container = engine.state.lookup(exchange.name);
  exchange.send(200, dockerInspect(engine, container, exchange.flag('size')));
}

/** A container in Docker's words: the same facts as podman's, some under other keys. */
export function dockerInspect(engine: ContainerEngine, container: Container, size: boolean): Fields {
  const data = inspectContainer(engine, container, { size });
  const { State, Config, HostConfig, NetworkSettings } = data as Record<'State' | 'Config' | 'HostConfig' | 'NetworkSettings', Fields>;
  const status = dockerState(podmanStatus(container.state.status));
  const args = container.config.spec.process?.args ?? [];
  return {
    Id: container.id,
    Created: utc(container.config.created),
    Path: args[0] ?? '',
    Args: args.slice(1),
    State: {
      Status: status,
      Running: status === 'running' || status === 'paused',
      Paused: status === 'paused',
      Restarting: false,
      OOMKilled: State['OOMKilled'],
      Dead: false,
      Pid: State['Pid'],
      ExitCode: State['ExitCode'],
      Error: State['Error'],
      StartedAt: utc(State['StartedAt'] as string),
      FinishedAt: utc(State['FinishedAt'] as string),
      ...(State['Health'] ? { Health: State['Health'] } : {}),
    },
    Image: `sha256:${container.config.image.id}`,
    ResolvConfPath: data['ResolvConfPath'],
    HostnamePath: data['HostnamePath'],
    HostsPath: data['HostsPath'],
    LogPath: container.config.log.path,
    Name: `/${container.name}`,
    RestartCount: data['RestartCount'],
    Driver: data['Driver'],
    Platform: 'linux',
    MountLabel: data['MountLabel'],
    ProcessLabel: data['ProcessLabel'],
    AppArmorProfile: data['AppArmorProfile'],
    ExecIDs: data['ExecIDs'],
    HostConfig: hostConfig(HostConfig),
    GraphDriver: data['GraphDriver'],
    ...(size ? { SizeRw: data['SizeRw'] } : {}),
    SizeRootFs: data['SizeRootFs'] ?? 0,
    Mounts: dockerMounts(data['Mounts']),
    Config: configOf(container, Config),
    NetworkSettings: {
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      ...NetworkSettings,
      Networks: dockerEndpoints(NetworkSettings),
    },
  };
}

/** Docker's keys of a mount. */
export function dockerMounts(mounts: unknown): Fields[] {
  return ((mounts as Fields[] | null) ?? []).map(({ Options: _, Driver, SubPath: _s, ...mount }) => ({
    ...mount,
    ...(Driver ? { Driver } : {}),
  }));
}

export function dockerEndpoints(settings: Fields): Record<string, Fields> {
  const networks = (settings['Networks'] ?? {}) as Record<string, Fields>;
  return Object.fromEntries(Object.entries(networks).map(([name, endpoint]) => [name, { ...endpoint, DNSNames: null, GwPriority: 0 }]));
}

/** Podman's own. */
const podmanKeys = [
  'AutoRemoveImage',
  'CgroupConf',
  'CgroupManager',
  'CgroupMode',
  'Cgroups',
  'DiskQuota',
  'HostsFile',
  'KernelMemory',
  'IDMappings',
  'IntelRdtClosID',
];

function hostConfig(all: Fields): Fields {
  const short = (list: unknown) => ((list as string[] | null) ?? []).map((name) => name.replace(/^CAP_/, ''));
  const config = Object.fromEntries(Object.entries(all).filter(([key]) => !podmanKeys.includes(key)));
  const log = config['LogConfig'] as { Type: string; Config: unknown };
  const mode = all['CgroupMode'];
  return {
    ...config,
    DeviceCgroupRules: null,
    DeviceRequests: null,
    MaskedPaths: null,
    ReadonlyPaths: null,
    Binds: [...((config['Binds'] as string[] | null) ?? [])].sort(),
    CapAdd: short(config['CapAdd']),
    CapDrop: short(config['CapDrop']),
    CgroupnsMode: mode === 'private' || mode === 'host' ? mode : '',
    LogConfig: { Type: log.Type === 'k8s-file' ? 'json-file' : log.Type, Config: log.Config },
  };
}

function configOf({ config }: Container, inspected: Fields): Fields {
  return {
    Hostname: inspected['Hostname'],
    Domainname: '',
    User: inspected['User'],
    AttachStdin: inspected['AttachStdin'] ?? false,
    AttachStdout: inspected['AttachStdout'] ?? false,
    AttachStderr: inspected['AttachStderr'] ?? false,
    ...(inspected['ExposedPorts'] ? { ExposedPorts: inspected['ExposedPorts'] } : {}),
    Tty: inspected['Tty'],
    OpenStdin: inspected['OpenStdin'],
    StdinOnce: inspected['StdinOnce'],
    Env: inspected['Env'],
    Cmd: inspected['Cmd'],
    ...(inspected['Healthcheck'] ? { Healthcheck: inspected['Healthcheck'] } : {}),
    Image: inspected['Image'],
    Volumes: null,
    WorkingDir: inspected['WorkingDir'],
    Entrypoint: inspected['Entrypoint'] ?? [],
    OnBuild: null,
    Labels: inspected['Labels'] ?? {},
    StopSignal: signalNumber(inspected['StopSignal']),
    StopTimeout: config.stopTimeout,
  };
}

const signalNumber = (signal: unknown): unknown => (signal === 'SIGTERM' ? '15' : signal);

const utc = (text: string): string => (text.startsWith('0001-01-01') ? '0001-01-01T00:00:00Z' : formatInstant(instantOf(text)));

import { cpus } from 'node:os';
import { loadRegistriesConf } from '../../../config/registries-conf.ts';
import { podmanStatus } from '../../../container/container.ts';
import { volumesOf } from '../../../container/container-volumes.ts';
import { containersDiskUsage, volumesDiskUsage } from '../../../container/disk-usage.ts';
import type { PodmanEvent } from '../../../container/events.ts';
import { readEvents } from '../../../container/events-reader.ts';
import { inspectedVolume } from '../../../container/volume-use.ts';
import { instantOf } from '../../../image/instant.ts';

import { ApiError } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { dockerState } from './docker-state.ts';

export const apiVersion = '1.44';
export const minApiVersion = '1.24';

/** GET and HEAD /_ping */
export const ping: Handler = (exchange, { versions }) => {
  exchange.send(200, 'OK', {
    'Builder-Version': '',
    'Cache-Control': 'no-cache',
    'Docker-Experimental': 'true',
    Pragma: 'no-cache',
    'Libpod-Buildah-Version': versions.buildah,
  });
};

interface Info {
  host: Record<string, unknown> & {
    arch: string;
    kernel: string;
    hostname: string;
    distribution: { distribution: string; version: string };
    conmon: { version: string; package: string };
    ociRuntime: { name: string; version: string; package: string };
  };
  store: Record<string, unknown> & {
    graphStatus: Record<string, string>;
    imageStore: { number: number };
    containerStore: { number: number };
  };
  plugins: Record<'volume' | 'network' | 'log', string[]>;
  version: { Version: string; GoVersion: string; GitCommit: string; Built: number };
}

/** GET /version */
export const version: Handler = async (exchange, service) => {
  const { host, version: own } = (await service.info()) as unknown as Info;
  const buildTime = new Date(own.Built * 1000).toISOString().replace('.000', '');
  exchange.send(200, {
    Platform: { Name: `linux/${host.arch}/${host.distribution.distribution}-${host.distribution.version}` },
    Components: [
      {
        Name: 'Podman Engine',
        Version: own.Version,
        Details: {
          APIVersion: own.Version,
          Arch: host.arch,
          BuildTime: buildTime,
          Experimental: 'false',
          GitCommit: own.GitCommit,
          GoVersion: own.GoVersion,
          KernelVersion: host.kernel,
          MinAPIVersion: '4.0.0',
          Os: 'linux',
        },
      },
      { Name: 'Conmon', Version: host.conmon.version, Details: { Package: host.conmon.package } },
      { Name: `OCI Runtime (${host.ociRuntime.name})`, Version: host.ociRuntime.version, Details: { Package: host.ociRuntime.package } },
    ],
    Version: own.Version,
    ApiVersion: apiVersion,
    MinAPIVersion: minApiVersion,
    GitCommit: own.GitCommit,
    GoVersion: own.GoVersion,
    Os: 'linux',
    Arch: host.arch,
    KernelVersion: host.kernel,
    BuildTime: buildTime,
  });
};

/** GET /info */
export const info: Handler = async (exchange, service) => {
  const { engine } = service;
  const { host, store, plugins, version: own } = (await service.info()) as unknown as Info;
  const { security } = host as unknown as { security: Record<string, unknown> };
  const states = engine.state.list().map(({ state }) => dockerState(podmanStatus(state.status)));
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  const isRootless = security['rootless'] === true;
  exchange.send(200, {
    ID: Bun.randomUUIDv7(),
    Containers: states.length,
    ContainersRunning: count('running'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('exited'),
    Images: store.imageStore.number,
    Driver: store['graphDriverName'],
    DriverStatus: Object.entries(store.graphStatus),
    Plugins: { Volume: plugins.volume, Network: plugins.network, Authorization: null, Log: plugins.log },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: false,
    NFd: 0,
    OomKillDisable: host['cgroupVersion'] === 'v1',
    NGoroutines: 0,
    SystemTime: new Date().toISOString(),
    LoggingDriver: '',
    CgroupDriver: host['cgroupManager'],
    CgroupVersion: String(host['cgroupVersion']).replace(/^v/, ''),
    NEventsListener: 0,
    KernelVersion: host.kernel,
    OperatingSystem: host.distribution.distribution,
    OSVersion: host.distribution.version,
    OSType: 'linux',
    Architecture: host.arch,
    IndexServerAddress: '',
    RegistryConfig: { IndexConfigs: registries(), InsecureRegistryCIDRs: [], Mirrors: [] },
    NCPU: cpus().length,
    MemTotal: host['memTotal'],
    GenericResources: null,
    DockerRootDir: store['graphRoot'],
    HttpProxy: process.env['http_proxy'] ?? '',
    HttpsProxy: process.env['https_proxy'] ?? '',
    NoProxy: process.env['no_proxy'] ?? '',
    Name: host.hostname,
    Labels: null,
    ExperimentalBuild: true,
    ServerVersion: own.Version,
    Runtimes: Object.fromEntries(Object.entries(engine.conf.engine.runtimes).map(([name, [path = '']]) => [name, { path }])),
    DefaultRuntime: engine.conf.engine.runtime,
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    CDISpecDirs: null,
    CPURealtimePeriod: host['cgroupVersion'] === 'v1',
    CPURealtimeRuntime: host['cgroupVersion'] === 'v1',
    DefaultAddressPools: engine.conf.network.default_subnet_pools.map(({ base, size }) => ({ Base: base, Size: size })),
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: '',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: '' },
    InitCommit: { ID: '' },
    SecurityOptions: [
      ...(security['apparmorEnabled'] ? ['name=apparmor'] : []),
      ...(security['seccompEnabled'] ? ['name=seccomp,profile=default'] : []),
      ...(isRootless ? ['name=rootless'] : []),
      ...(security['selinuxEnabled'] ? ['name=selinux'] : []),
    ],
    ProductLicense: 'Apache-2.0',
    Warnings: [],
    BuildahVersion: host['buildahVersion'],
    Rootless: isRootless,
    SwapFree: host['swapFree'],
    SwapTotal: host['swapTotal'],
    Uptime: host['uptime'],
  });
};

function registries(): object {
  return Object.fromEntries(
    loadRegistriesConf().registries.map(({ prefix, mirrors, insecure }) => [
      prefix,
      { Name: prefix, Mirrors: (mirrors ?? []).map(({ location }) => location), Secure: insecure !== true, Official: false },
    ]),
  );
}

/** POST /auth: credentials that a registry takes are worth keeping, others are refused. */
export const auth: Handler = async (exchange) => {
  const body = await exchange.json<{ username: string; password: string; serveraddress: string }>();
  const { checkLogin, LoginRefused } = await import('../../../registry/login.ts');
  const registry = (body.serveraddress ?? '').replace(/^https?:\/\//, '').split('/')[0]!;
  const insecure = loadRegistriesConf().registries.some(({ prefix, insecure: open }) => open === true && prefix === registry);
  try {
    await checkLogin(registry, { username: body.username ?? '', password: body.password ?? '' }, { insecure });
  } catch (error) {
    throw error instanceof LoginRefused ? new ApiError(401, error.message, { cause: error }) : error;
  }
  exchange.send(200, { IdentityToken: '', Status: 'Login Succeeded' });
};

/** GET /system/df */
export const diskUsage: Handler = (exchange, { engine }) => {
  const { totalSize } = engine.images.diskUsage();
  const sizes = new Map(containersDiskUsage(engine).map((usage) => [usage.container.id, usage]));
  const volumes = volumesDiskUsage(engine);
  exchange.send(200, {
    LayersSize: totalSize,
    Images: engine.images.summarize({}).map((image) => ({
      Containers: image.Containers,
      Created: image.Created,
      Id: image.Id,
      Labels: image.Labels ?? {},
      ParentId: image.ParentId,
      RepoDigests: image.RepoDigests,
      RepoTags: image.RepoTags ?? [],
      SharedSize: image.SharedSize,
      Size: image.Size,
    })),
    Containers: engine.state.list().map(({ id, config, state }) => ({
      Id: id,
      Names: [config.name],
      Image: config.image.name,
      ImageID: config.image.id,
      Command: config.command.join(' '),
      Created: Number(instantOf(config.created) / 1_000_000_000n),
      Ports: null,
      SizeRw: sizes.get(id)?.rwSize ?? 0,
      SizeRootFs: 0,
      Labels: config.labels,
      State: dockerState(podmanStatus(state.status)),
      Status: dockerState(podmanStatus(state.status)),
      HostConfig: {},
      NetworkSettings: null,
      Mounts: null,
    })),
    Volumes: volumes.map(({ name, size, links }) => {
      const inspected = inspectedVolume(engine, volumesOf(engine).lookup(name));
      return {
        CreatedAt: inspected['CreatedAt'],
        Driver: inspected['Driver'],
        Labels: inspected['Labels'],
        Mountpoint: inspected['Mountpoint'],
        Name: name,
        Options: inspected['Options'],
        Scope: 'local',
        UsageData: { RefCount: links, Size: size },
      };
    }),
    BuildCache: [],
  });
};

/** GET /events */
export const events: Handler = async (exchange, { engine }) => {
  const filters = exchange.filters();
  const span = {
    ...(exchange.text('since') ? { since: exchange.text('since') } : {}),
    ...(exchange.text('until') ? { until: exchange.text('until') } : {}),
  };
  const streams = exchange.flag('stream', true);
  await exchange.stream('application/json', async (write, gone) => {
    for await (const event of readEvents(engine.events, { filters: filters.map(podmanFilter), stream: streams, ...span, signal: gone })) {
      await write(`${JSON.stringify(dockerEvent(event))}\n`);
    }
  });
};

/** Docker says `die` where podman says `died`, and `delete` of an image that is removed. */
const podmanFilter = (filter: string): string =>
  ({ 'event=die': 'event=died', 'event=destroy': 'event=remove', 'event=delete': 'event=remove' })[filter] ?? filter;

function dockerEvent(event: PodmanEvent): object {
  const instant = instantOf(event.Time);
  const removed = event.Type === 'image' && event.Status === 'remove';
  const action = event.Status === 'died' ? 'die' : removed ? 'delete' : event.Status;
  const code = event.ContainerExitCode;
  const attributes = {
    ...event.Attributes,
    image: event.Image ?? '',
    name: event.Name ?? '',
    podId: event.PodID ?? '',
    ...(code === undefined ? {} : { containerExitCode: String(code), ...(action === 'die' ? { exitCode: String(code) } : {}) }),
    ...(event.network ? { network: event.network } : {}),
    ...(event.error ? { error: event.error } : {}),
  };
  return {
    status: action,
    id: event.ID ?? '',
    from: event.Image ?? '',
    Type: event.Type,
    Action: action,
    Actor: { ID: event.ID ?? '', Attributes: attributes },
    scope: 'local',
    time: Number(instant / 1_000_000_000n),
    timeNano: Number(instant),
    ...(event.health_status ? { HealthStatus: event.health_status } : {}),
  };
}

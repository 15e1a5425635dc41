import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findConmon, findHelperBinary, MissingProgram } from '../../config/containers-conf.ts';
import { isRootless, runtimeDir } from '../../config/paths.ts';
import { loadRegistriesConf, type RegistryEntry } from '../../config/registries-conf.ts';
import { pluginDrivers } from '../../network/create-network.ts';
import { openNetworks } from '../../network/setup.ts';
import { findInPath, firstExecutable } from '../../os/executables.ts';
import { isSelinuxEnabled } from '../../os/selinux.ts';
import { rootlessIdMappings } from '../../rootless/id-mappings.ts';
import type { ContainerEngine } from '../engine.ts';
import * as host from './host.ts';
import { programFacts } from './programs.ts';
import { graphOptions, graphRootUsage, graphStatus } from './store.ts';

/** All that `podman info` tells, keys as in its JSON and in its order. @param version what the program says of itself */
export async function engineInfo(engine: ContainerEngine, version: object, buildahVersion: string): Promise<Record<string, unknown>> {
  return {
    host: await hostInfo(engine, buildahVersion),
    store: await storeInfo(engine),
    registries: registriesInfo(engine),
    plugins: {
      volume: ['local', ...Object.keys(engine.conf.engine.volume_plugins)],
      network: ['bridge', 'macvlan', 'ipvlan', ...pluginDrivers(networks(engine))],
      log: ['k8s-file', 'none', 'passthrough', 'journald'],
      authorization: null,
    },
    version,
  };
}

const networks = (engine: ContainerEngine) =>
  openNetworks({ paths: engine.paths, conf: engine.conf, networkConfigDir: engine.globals.networkConfigDir });

async function hostInfo(engine: ContainerEngine, buildahVersion: string): Promise<Record<string, unknown>> {
  const { conf, globals } = engine;
  const runtimeName = globals.runtime ?? conf.engine.runtime;
  const [conmon, runtime, netavark, aardvark, slirp4netns, pasta] = await Promise.all([
    programFacts(located(() => findConmon(globals.conmon))),
    programFacts(runtimePath(engine, runtimeName)),
    programFacts(located(() => findHelperBinary('netavark'))),
    programFacts(located(() => findHelperBinary('aardvark-dns'))),
    programFacts(conf.engine.network_cmd_path || located(() => findHelperBinary('slirp4netns'))),
    programFacts(located(() => findHelperBinary('pasta'))),
  ]);
  const { memFree, memTotal, swapFree, swapTotal } = host.memory();
  const rootless = isRootless();
  const socket = rootless ? join(runtimeDir(), 'podman/podman.sock') : '/run/podman/podman.sock';
  return {
    arch: host.hostArchitecture(),
    buildahVersion,
    cgroupManager: engine.cgroupManager,
    cgroupVersion: host.hasUnifiedCgroups() ? 'v2' : 'v1',
    cgroupControllers: host.cgroupControllers(),
    conmon: { ...conmon, version: conmon.version.replaceAll('\n', ', ') },
    cpus: host.cpuCount(),
    cpuUtilization: host.cpuUtilization(),
    databaseBackend: 'sqlite',
    distribution: host.distribution(),
    eventLogger: globals.eventsBackend ?? conf.engine.events_logger,
    freeLocks: conf.engine.num_locks - engine.state.list().length,
    hostname: host.hostName(),
    idMappings: rootless ? mappings() : { gidmap: null, uidmap: null },
    kernel: host.kernelVersion(),
    logDriver: conf.containers.log_driver,
    memFree,
    memTotal,
    networkBackend: 'netavark',
    networkBackendInfo: {
      backend: 'netavark',
      version: netavark.version,
      package: netavark.package,
      path: netavark.path,
      dns: { version: aardvark.version, package: aardvark.package, path: aardvark.path },
      defaultNetwork: conf.network.default_network || 'podman',
    },
    ociRuntime: { name: runtimeName, ...runtime },
    os: 'linux',
    remoteSocket: { path: socket, exists: existsSync(socket) },
    rootlessNetworkCmd: conf.network.default_rootless_network_cmd,
    serviceIsRemote: false,
    security: {
      apparmorEnabled: host.isAppArmorEnabled(),
      capabilities: conf.containers.default_capabilities.join(','),
      rootless,
      seccompEnabled: host.isSeccompEnabled(),
      seccompProfilePath: conf.containers.seccomp_profile || seccompProfilePath(),
      selinuxEnabled: isSelinuxEnabled(),
    },
    slirp4netns: { executable: slirp4netns.path, package: slirp4netns.package, version: slirp4netns.version },
    pasta: { executable: pasta.path, package: pasta.package, version: pasta.version },
    swapFree,
    swapTotal,
    uptime: host.uptimeText(host.uptimeSeconds()),
    variant: '',
    linkmode: 'dynamic',
  };
}

function located(find: () => string): string {
  try {
    return find();
  } catch (error) {
    if (error instanceof MissingProgram) return '';
    throw error;
  }
}

function runtimePath(engine: ContainerEngine, name: string): string {
  if (name.startsWith('/')) return name;
  return firstExecutable(engine.conf.engine.runtimes[name] ?? []) ?? findInPath(name) ?? '';
}

function seccompProfilePath(): string {
  return ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json'].find((path) => existsSync(path)) ?? '';
}

function mappings(): { gidmap: object[]; uidmap: object[] } {
  const { uids, gids } = rootlessIdMappings();
  const shown = (map: typeof uids) => map.map(({ containerId, hostId, size }) => ({ container_id: containerId, host_id: hostId, size }));
  return { gidmap: shown(gids), uidmap: shown(uids) };
}

async function storeInfo(engine: ContainerEngine): Promise<Record<string, unknown>> {
  const options = engine.storeOptions;
  const usage = graphRootUsage(options.graphRoot);
  const statuses = engine.state.list().map(({ state }) => state.status);
  const running = statuses.filter((status) => status === 'running').length;
  const paused = statuses.filter((status) => status === 'paused').length;
  return {
    containerStore: { number: statuses.length, paused, running, stopped: statuses.length - paused - running },
    graphDriverName: options.driver,
    graphOptions: await graphOptions(options),
    graphRoot: options.graphRoot,
    graphRootAllocated: usage.allocated,
    graphRootUsed: usage.used,
    graphStatus: graphStatus(options, usage.fileSystem),
    imageCopyTmpDir: process.env['TMPDIR'] ?? '/var/tmp',
    imageStore: { number: engine.store.images.list().length },
    runRoot: options.runRoot,
    volumePath: engine.paths.volumePath,
    transientStore: options.transientStore,
  };
}

function registriesInfo(engine: ContainerEngine): Record<string, unknown> {
  const conf = loadRegistriesConf({ path: engine.globals.registriesConf, directory: engine.globals.registriesConfDir });
  const entries = conf.registries.map((entry) => [entry.prefix, registryRecord(entry)]);
  const search = conf.unqualifiedSearchRegistries;
  return { ...Object.fromEntries(entries), ...(search.length > 0 ? { search } : {}) };
}

const mirrorKinds = { all: '', 'digest-only': 'digest-only', 'tag-only': 'tag-only' };

const registryRecord = (entry: RegistryEntry) => ({
  Prefix: entry.prefix,
  Location: entry.location,
  Insecure: entry.insecure,
  Mirrors:
    entry.mirrors.length === 0
      ? null
      : entry.mirrors.map(({ location, insecure, pullFromMirror }) => ({
          Location: location,
          Insecure: insecure,
          PullFromMirror: mirrorKinds[pullFromMirror],
        })),
  Blocked: entry.blocked,
  MirrorByDigestOnly: false,
  PullFromMirror: '',
});

import { loadContainersConf } from '../config/containers-conf.ts';
import { ramInBytes } from '../container/options/numbers.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { mergeCapabilities } from '../container/spec/capabilities.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { type Isolation, noLimits, type RunLimits } from './build-options.ts';
import type { Builder } from './builder.ts';
import { isolations, type NamespaceChoice } from './builder-state.ts';
import { makeBundle, runInContainer } from './run.ts';
import { readRunFlags } from './run-flags.ts';
import { stepMounts } from './run-mounts.ts';
import { transientMounts } from './run-volumes.ts';
import { emptyState, singleStepContext } from './single-step.ts';
import { proxyArgs } from './stages.ts';

/** What `buildah run` says about one command. */
export interface BuilderRun {
  args: string[];
  env: readonly string[];
  user?: string;
  workingDir?: string;
  hostname?: string;
  terminal: boolean;
  capAdd: readonly string[];
  capDrop: readonly string[];
  /** `host`, `none`, `private` or empty for what the container was made with. */
  network: string;
  /** `SOURCE:DESTINATION[:OPTIONS]` */
  volumes: readonly string[];
  /** As `RUN --mount`. */
  mounts: readonly string[];
  contextDir?: string;
  runtime?: string;
  runtimeFlags: readonly string[];
  /** In place of what the container was made with. */
  isolation?: Isolation;
  namespaces: readonly NamespaceChoice[];
  devices: readonly string[];
  cdiDirectories: readonly string[];
  noHosts: boolean;
  noHostname: boolean;
  /** The runtime changes the root by chroot(2), where the root is a ramfs. */
  noPivot?: boolean;
}

/** A command without wishes of its own. */
export const plainRun: Omit<BuilderRun, 'args'> = {
  env: [],
  terminal: false,
  capAdd: [],
  capDrop: [],
  network: '',
  volumes: [],
  mounts: [],
  runtimeFlags: [],
  namespaces: [],
  devices: [],
  cdiDirectories: [],
  noHosts: false,
  noHostname: false,
};

/** Runs a command in a working container, with our input and output. @throws RunFailed with the command's status */
export async function runInBuilder(images: ImageEngine, builder: Builder, run: BuilderRun): Promise<void> {
  const { state, config } = builder;
  const common = state.CommonBuildOpts;
  const defaults = loadContainersConf();
  const capabilities = mergeCapabilities(state.Capabilities ?? defaults.containers.default_capabilities, run.capAdd, run.capDrop);
  const conf = { ...defaults, containers: { ...defaults.containers, default_capabilities: capabilities } };
  const binds = transientMounts([...common.Volumes, ...run.volumes], builder, makeBundle(builder), run.user || config.User || '');
  await using mounts = await requestedMounts(images, builder, run);
  await runInContainer(builder, {
    conf,
    paths: images.store.options,
    limits: limitsOf(builder, run),
    network: run.network || networkOf(builder),
    mounts: [...binds, ...mounts.mounts],
    args: run.args,
    env: (home) => [...environment(config.Env ?? [], run.env, common.HTTPProxy, home), ...mounts.env.map((pair) => pair.join('='))],
    cwd: run.workingDir || config.WorkingDir || '/',
    user: run.user || config.User || '',
    stdio: 'inherit',
    stdin: true,
    noPivot: run.noPivot,
    terminal: run.terminal,
    hostname: run.hostname || config.Hostname || undefined,
  });
}

function networkOf({ state }: Builder): string {
  const choice = state.NamespaceOptions.find(({ Name }) => Name === 'network');
  return choice?.Host ? 'host' : state.ConfigureNetwork === 1 ? 'none' : (choice?.Path ?? '');
}

function limitsOf({ state }: Builder, run: BuilderRun): RunLimits {
  const { CommonBuildOpts: common } = state;
  return {
    ...noLimits,
    addHosts: common.AddHost,
    dns: common.DNSServers,
    dnsSearch: common.DNSSearch,
    dnsOptions: common.DNSOptions,
    securityOpts: [
      ...(common.SeccompProfilePath ? [`seccomp=${common.SeccompProfilePath}`] : []),
      ...(common.NoNewPrivileges ? ['no-new-privileges'] : []),
      ...listOf(common['Masks']).map((path) => `mask=${path}`),
      ...listOf(common['Unmasks']).map((path) => `unmask=${path}`),
    ],
    ulimits: common.Ulimit,
    groupAdd: state.GroupAdd ?? [],
    cgroupParent: common.CgroupParent || undefined,
    memory: common.Memory || undefined,
    memorySwap: common.MemorySwap || undefined,
    cpuShares: common.CPUShares || undefined,
    cpuPeriod: common.CPUPeriod || undefined,
    cpuQuota: common.CPUQuota || undefined,
    cpusetCpus: common.CPUSetCPUs || undefined,
    cpusetMems: common.CPUSetMems || undefined,
    shmSize: common.ShmSize ? ramInBytes(common.ShmSize) : undefined,
    httpProxy: common.HTTPProxy,
    namespaces: [...state.NamespaceOptions.filter(({ Name }) => !run.namespaces.some((own) => own.Name === Name)), ...run.namespaces],
    devices: [...(state.DeviceSpecs ?? []), ...run.devices],
    cdiDirectories: [...(state['CDIConfigDir'] ? [String(state['CDIConfigDir'])] : []), ...run.cdiDirectories],
    runtime: run.runtime,
    runtimeFlags: run.runtimeFlags,
    isolation: (run.isolation ?? isolations[state.Isolation]) === 'chroot' ? 'chroot' : 'oci',
    noHosts: common.NoHosts || run.noHosts,
    noHostname: common.NoHostname || run.noHostname,
  };
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

function environment(image: readonly string[], given: readonly string[], httpProxy: boolean, home: string): string[] {
  const env = new Map<string, string>();
  if (httpProxy) for (const name of proxyArgs) if (process.env[name]) env.set(name, process.env[name]!);
  for (const entry of [...image, ...given]) {
    const at = entry.indexOf('=');
    if (at >= 0) env.set(entry.slice(0, at), entry.slice(at + 1));
    else if (process.env[entry] !== undefined) env.set(entry, process.env[entry]!);
  }
  if (!env.has('HOME')) env.set('HOME', home);
  if (!env.has('PATH')) env.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  return [...env].map(([name, value]) => `${name}=${value}`);
}

async function requestedMounts(images: ImageEngine, builder: Builder, run: BuilderRun) {
  const state = emptyState(builder.config);
  const instruction = { command: 'RUN', flags: run.mounts.map((text) => `--mount=${text}`), rest: '', original: '', heredocs: [], line: 0 };
  const { mounts } = readRunFlags(instruction, () => undefined, '\\');
  using root = new Rootfs(builder.root, builder.idMaps);
  return await stepMounts(
    singleStepContext(images, run.contextDir ?? '/'),
    0,
    mounts,
    state,
    makeBundle(builder),
    root,
    builder.labels.mount,
  );
}

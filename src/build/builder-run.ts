import { existsSync } from 'node:fs';
import { loadContainersConf } from '../config/containers-conf.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { ramInBytes } from '../container/options/numbers.ts';
import { mergeCapabilities } from '../container/spec/capabilities.ts';
import { NotYet, SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { RunLimits } from './build-options.ts';
import type { Builder } from './builder.ts';
import { defaultNamespaces } from './builder-state.ts';
import { makeBundle, runInContainer } from './run.ts';
import { readRunFlags } from './run-flags.ts';
import { stepMounts } from './run-mounts.ts';
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
}

/** Runs a command in a working container, with our input and output. @throws RunFailed with the command's status */
export async function runInBuilder(images: ImageEngine, builder: Builder, run: BuilderRun): Promise<void> {
  const { state, config } = builder;
  refuseWhatCannotAct(builder);
  const common = state.CommonBuildOpts;
  const defaults = loadContainersConf();
  const capabilities = mergeCapabilities(state.Capabilities ?? defaults.containers.default_capabilities, run.capAdd, run.capDrop);
  const conf = { ...defaults, containers: { ...defaults.containers, default_capabilities: capabilities } };
  const binds = [...common.Volumes, ...run.volumes].map((text) => bindOf(text));
  await using mounts = await requestedMounts(images, builder, run);
  await runInContainer(builder, {
    conf,
    paths: images.store.options,
    limits: limitsOf(builder),
    network: run.network || (state.NamespaceOptions.find(({ Name }) => Name === 'network')?.Host ? 'host' : networkOf(builder)),
    mounts: [...binds, ...mounts.mounts],
    args: run.args,
    env: (home) => environment(config.Env ?? [], run.env, common.HTTPProxy, home),
    cwd: run.workingDir || config.WorkingDir || '/',
    user: run.user || config.User || '',
    stdio: 'inherit',
    stdin: true,
    terminal: run.terminal,
    hostname: run.hostname || config.Hostname || undefined,
    runtime: run.runtime,
    runtimeFlags: run.runtimeFlags,
  });
}

/** The real buildah may have made the container with more than we can give its processes; less would be wrong. @throws NotYet */
function refuseWhatCannotAct({ state }: Builder): void {
  const { UIDMap } = (state['IDMappingOptions'] ?? {}) as { UIDMap?: unknown[] | null };
  if (UIDMap?.length) throw new NotYet('buildah run in a container with a user namespace of its own');
  if (state.DeviceSpecs?.length) throw new NotYet('buildah run in a container with --device');
  const usual = defaultNamespaces();
  const other = state.NamespaceOptions.find(
    ({ Name, Host, Path }) => Path !== '' || (Name !== 'network' && usual.some((one) => one.Name === Name && one.Host !== Host)),
  );
  if (other) throw new NotYet(`buildah run in a container whose ${other.Name} namespace is another's`);
}

const networkOf = ({ state }: Builder): string => (state.ConfigureNetwork === 1 ? 'none' : '');

function limitsOf({ state }: Builder): RunLimits {
  const { CommonBuildOpts: common } = state;
  return {
    network: '',
    addHosts: common.AddHost,
    dns: common.DNSServers,
    dnsSearch: common.DNSSearch,
    dnsOptions: common.DNSOptions,
    capAdd: [],
    capDrop: [],
    securityOpts: [
      ...(common.SeccompProfilePath ? [`seccomp=${common.SeccompProfilePath}`] : []),
      ...(common.NoNewPrivileges ? ['no-new-privileges'] : []),
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
    secrets: new Map(),
  };
}

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

function bindOf(text: string): OciMount {
  const [source = '', destination = '', options = ''] = text.split(':');
  if (!source.startsWith('/') || !destination.startsWith('/')) {
    throw new SelkieError(`invalid volume ${JSON.stringify(text)}: two absolute paths are needed, as in /host:/container`);
  }
  if (!existsSync(source)) throw new SelkieError(`statfs ${source}: no such file or directory`);
  const given = options === '' ? [] : options.split(',');
  for (const option of given) if (['U', 'O'].includes(option)) throw new NotYet(`buildah volume option ${option}`);
  // Without SELinux there is nothing to label.
  const kept = given.filter((option) => !['z', 'Z'].includes(option));
  return { destination, type: 'bind', source, options: ['rbind', ...kept] };
}

async function requestedMounts(images: ImageEngine, builder: Builder, run: BuilderRun) {
  const state = emptyState(builder.config);
  const instruction = { command: 'RUN', flags: run.mounts.map((text) => `--mount=${text}`), rest: '', original: '', heredocs: [], line: 0 };
  const { mounts } = readRunFlags(instruction, () => undefined, '\\');
  return await stepMounts(singleStepContext(images, run.contextDir ?? '/'), 0, mounts, state, makeBundle(builder));
}

import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { type ContainersConf, loadContainersConf } from '../config/containers-conf.ts';
import { findHelperBinary } from '../config/helper-binary.ts';
import { isRootless } from '../config/paths.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { injectCdiDevices } from '../container/spec/cdi.ts';
import { isCdiName } from '../container/spec/devices.ts';
import { addHooksOf } from '../container/spec/hooks.ts';
import { serializeSpec } from '../container/spec/serialize.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import { letContainerRootPass } from '../container/user-namespace-access.ts';
import type { RunLimits } from './build-options.ts';
import { defaultShell, envMap, type StageState, shellOf, stageLookup } from './config-steps.ts';
import { execForm, type Instruction } from './containerfile.ts';
import { RunFailed } from './errors.ts';
import { toOciMap } from './id-maps.ts';
import { missingTargets, removeResidue } from './mount-residue.ts';
import { readRunFlags } from './run-flags.ts';
import { stepMounts } from './run-mounts.ts';
import { stepNetwork } from './run-network.ts';
import { runSpec } from './run-spec.ts';
import { transientMounts, volumeMounts } from './run-volumes.ts';
import type { StageContext } from './stage-executor.ts';
import { proxyArgs, type Stage } from './stages.ts';
import type { BuildRoot } from './working-container.ts';

/**
 * Runs the command of a RUN in a working container, with the OCI runtime and without conmon: the build waits for it.
 * @throws RunFailed with the command's status
 */
export async function runStep(
  context: StageContext,
  stage: Stage,
  container: BuildRoot,
  instruction: Instruction,
  state: StageState,
): Promise<void> {
  const { options, report } = context;
  const flags = readRunFlags(instruction, stageLookup(state), state.escapeChar);
  const bundle = makeBundle(container);
  using root = new Rootfs(container.root, container.idMaps);
  await using mounts = await stepMounts(context, stage.index, flags.mounts, state, bundle, root, container.labels?.mount);
  const command = commandOf(instruction, state, options.format, bundle);
  const conf = loadContainersConf();
  const transient = transientMounts(options.run.volumes, container, bundle, state.config.User ?? '');
  const volumes = volumeMounts(container, state.config, options.compatVolumes, bundle);
  await runInContainer(container, {
    conf,
    paths: context.images.store.options,
    limits: { ...options.run, devices: [...options.run.devices, ...flags.devices] },
    network: flags.network && flags.network !== 'default' ? flags.network : options.run.network,
    mounts: [...transient, ...volumes, ...mounts.mounts, ...command.mounts],
    args: command.args,
    env: (home) => [...environmentOf(state, options.run.httpProxy, home), ...mounts.env.map((pair) => pair.join('='))],
    cwd: state.config.WorkingDir || '/',
    user: state.config.User ?? '',
    stdio: report.stdio,
    stdin: options.run.stdin,
    privileged: flags.security === 'insecure',
  });
}

/** A command for a working container, and what it is to see. */
export interface RunRequest {
  conf: ContainersConf;
  /** Of the store. */
  paths: { graphRoot: string; runRoot: string };
  limits: RunLimits;
  network: string;
  mounts: readonly OciMount[];
  args: string[];
  /** Given the user's home directory. */
  env: (home: string) => string[];
  cwd: string;
  user: string;
  /** Where its output goes; else a file that it is appended to. */
  stdio: 'inherit' | 'ignore' | (string & {});
  /** Our input is its input. */
  stdin?: boolean;
  terminal?: boolean;
  hostname?: string;
  noPivot?: boolean;
  /** Nothing is kept from it. */
  privileged?: boolean;
}

/** The directory for the runtime's configuration and a step's files. */
export function makeBundle(container: BuildRoot): string {
  const bundle = join(container.runDirectory, 'run');
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  return bundle;
}

/** Runs a command and takes away again what it was given. @throws RunFailed with the command's status */
export async function runInContainer(container: BuildRoot, request: RunRequest): Promise<void> {
  const { conf, limits } = request;
  const bundle = makeBundle(container);
  await using network = await stepNetwork(conf, request.paths, limits, request.network, container, bundle);
  using root = new Rootfs(container.root, container.idMaps);
  const users = new UserDatabase(root);
  const user = users.find(request.user);
  root.makeDirectory(request.cwd, 0o755, user.uid, user.gid);
  const mounts = [...network.mounts, ...request.mounts];
  const created = missingTargets(
    root,
    [...fixedTargets, ...mounts].map((mount) => mount.destination),
  );
  const spec = runSpec({
    conf,
    limits,
    rootfs: container.root,
    args: request.args,
    env: request.env(user.home),
    cwd: request.cwd,
    user,
    userText: request.user,
    extraGroups: users.groupIds(limits.groupAdd),
    hostname: request.hostname || container.id.slice(0, 12),
    cgroupName: `buildah-${container.id}`,
    networkNamespace: network.namespace,
    mounts,
    hasCgroups: !isRootless() && limits.isolation !== 'chroot',
    privileged: request.privileged,
    idMaps: container.idMaps,
    labels: container.labels,
  });
  if (request.terminal) spec.process!.terminal = true;
  const cdiDevices = limits.devices.filter(isCdiName);
  if (cdiDevices.length > 0) injectCdiDevices(spec, cdiDevices, [...conf.engine.cdi_spec_dirs, ...limits.cdiDirectories]);
  const hooks = limits.hooksDirectories.length > 0 ? limits.hooksDirectories : conf.engine.hooks_dir;
  if (limits.isolation !== 'chroot') addHooksOf(hooks, spec, request.mounts.length > 0);
  writeFileSync(join(bundle, 'config.json'), serializeSpec(spec), { mode: 0o600 });
  if (container.idMaps) {
    const idMappings = { uidMap: toOciMap(container.idMaps.uids), gidMap: toOciMap(container.idMaps.gids) };
    letContainerRootPass({ idMappings }, [container.root, bundle]);
  }
  try {
    await runToEnd(request, bundle, `buildah-${container.id}`);
  } finally {
    removeResidue(root, created);
  }
}

const fixedTargets = ['/proc', '/dev', '/sys'].map((destination) => ({ destination }));

interface StepCommand {
  args: string[];
  /** Files that the command needs. */
  mounts: OciMount[];
}

/** Shell form: the shell, then the text with its here-documents; a lone here-document is a script. */
function commandOf(instruction: Instruction, state: StageState, format: 'oci' | 'docker', bundle: string): StepCommand {
  const exec = execForm(instruction.rest);
  if (exec) return { args: exec, mounts: [] };
  // OCI's configuration has no place for SHELL.
  const shell = format === 'docker' ? shellOf(state.config) : defaultShell;
  const [first] = instruction.heredocs;
  if (!first) return { args: instruction.rest === '' ? shell : [...shell, instruction.rest], mounts: [] };
  const isScript = /^<<-?\s*["']?[^\s"']+["']?$/.test(instruction.rest.trim());
  if (!isScript) {
    const text = `${instruction.rest}\n${instruction.heredocs.map((doc) => `${doc.content}${doc.name}`).join('\n')}`;
    return { args: [...shell, text], mounts: [] };
  }
  if (!first.content.startsWith('#!')) return { args: [...shell, first.content], mounts: [] };
  const [line = '', ...rest] = first.content.split('\n');
  const path = join(bundle, `buildahheredoc${sha256Hex(first.content).slice(0, 10)}`);
  writeFileSync(path, first.content);
  chmodSync(path, 0o755);
  const destination = `/dev/pipes/${basename(path)}`;
  const interpreter = rest.join('') === '' ? '' : `${line.replace(/^[#!]+/, '')} `;
  const mount: OciMount = { destination, type: 'bind', source: path, options: ['bind', 'rprivate'] };
  return { args: [...shell, `${interpreter}${destination}`], mounts: [mount] };
}

/** ARGs are seen beside ENV, which wins; proxies of the caller are passed on unless --http-proxy=false. */
function environmentOf(state: StageState, httpProxy: boolean, home: string): string[] {
  const env = new Map<string, string>();
  if (httpProxy) {
    for (const name of proxyArgs) if (process.env[name]) env.set(name, process.env[name]!);
  }
  for (const [name, value] of state.buildArgs) if (proxyArgs.has(name)) env.set(name, value);
  for (const [name, value] of state.args) env.set(name, value);
  for (const [name, value] of envMap(state.config.Env)) env.set(name, value);
  if (!env.has('HOME')) env.set('HOME', home);
  return [...env].map(([name, value]) => `${name}=${value}`);
}

async function runToEnd({ conf, limits, stdio, stdin, noPivot }: RunRequest, bundle: string, id: string): Promise<void> {
  const { runtime, runtimeFlags } = limits;
  const path = runtime?.includes('/') ? runtime : findHelperBinary(runtime || conf.engine.runtime);
  const manager = isRootless() || limits.isolation === 'chroot' ? ['--cgroup-manager=disabled'] : ['--cgroup-manager=cgroupfs'];
  const options = path.endsWith('crun') ? manager : [];
  const log = stdio === 'inherit' || stdio === 'ignore' ? undefined : openSync(stdio, 'a');
  const output = log ?? (stdio as 'inherit' | 'ignore');
  const child = Bun.spawn([path, ...options, ...runtimeFlags, 'run', ...(noPivot ? ['--no-pivot'] : []), '--bundle', bundle, id], {
    stdio: [stdin ? 'inherit' : 'ignore', output, output],
  });
  const status = await child.exited;
  if (log !== undefined) closeSync(log);
  if (status !== 0) throw new RunFailed(status);
}

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadContainersConf } from '../config/containers-conf.ts';
import { findHelperBinary } from '../config/helper-binary.ts';
import { isRootless } from '../config/paths.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { serializeSpec } from '../container/spec/serialize.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import { envMap, type StageState, shellOf, stageLookup } from './config-steps.ts';
import { execForm, type Instruction } from './containerfile.ts';
import { RunFailed } from './errors.ts';
import { missingTargets, removeResidue } from './mount-residue.ts';
import { readRunFlags } from './run-flags.ts';
import { stepMounts } from './run-mounts.ts';
import { stepNetwork } from './run-network.ts';
import { runSpec } from './run-spec.ts';
import type { StageContext } from './stage-executor.ts';
import { proxyArgs, type Stage } from './stages.ts';
import type { WorkingContainer } from './working-container.ts';

/**
 * Runs the command of a RUN in a working container, with the OCI runtime and without conmon: the build waits for it.
 * @throws RunFailed with the command's status
 */
export async function runStep(
  context: StageContext,
  stage: Stage,
  container: WorkingContainer,
  instruction: Instruction,
  state: StageState,
): Promise<void> {
  const { options, report } = context;
  const flags = readRunFlags(instruction, stageLookup(state), state.escapeChar);
  const conf = loadContainersConf();
  const bundle = join(container.runDirectory, 'run');
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  await using mounts = await stepMounts(context, stage, flags.mounts, state, bundle);
  await using network = await stepNetwork(
    conf,
    context.images.store.options,
    options.run,
    flags.network ?? options.run.network,
    container,
    bundle,
  );
  using root = new Rootfs(container.root);
  const userText = state.config.User ?? '';
  const users = new UserDatabase(root);
  const user = users.find(userText);
  const cwd = state.config.WorkingDir || '/';
  root.makeDirectory(cwd, 0o755, user.uid, user.gid);
  const created = missingTargets(
    root,
    [...fixedTargets, ...network.mounts, ...mounts.mounts].map((mount) => mount.destination),
  );
  const spec = runSpec({
    conf,
    limits: options.run,
    rootfs: container.root,
    args: commandOf(instruction, state),
    env: environmentOf(state, options.run.httpProxy, user.home),
    cwd,
    user,
    userText,
    extraGroups: users.groupIds(options.run.groupAdd),
    hostname: container.id.slice(0, 12),
    cgroupName: `buildah-${container.id}`,
    networkNamespace: network.namespace,
    mounts: [...network.mounts, ...mounts.mounts],
    hasCgroups: !isRootless(),
  });
  writeFileSync(join(bundle, 'config.json'), serializeSpec(spec), { mode: 0o600 });
  try {
    await runToEnd(conf.engine.runtime, bundle, `buildah-${container.id}`, report.stdio);
  } finally {
    removeResidue(root, created);
  }
}

const fixedTargets = ['/proc', '/dev', '/sys'].map((destination) => ({ destination }));

/** Shell form: the shell, then the text with its here-documents; a lone here-document is a script. */
function commandOf(instruction: Instruction, state: StageState): string[] {
  const exec = execForm(instruction.rest);
  if (exec) return exec;
  const shell = shellOf(state.config);
  const [first] = instruction.heredocs;
  if (!first) return [...shell, instruction.rest];
  const isScript = /^<<-?\s*["']?[^\s"']+["']?$/.test(instruction.rest.trim());
  if (!isScript) return [...shell, `${instruction.rest}\n${instruction.heredocs.map((doc) => `${doc.content}${doc.name}`).join('\n')}`];
  const interpreter = /^#!\s*(\S+)(?:[ \t]+(\S.*?))?[ \t]*\n/.exec(first.content);
  return interpreter ? [interpreter[1]!, ...(interpreter[2] ? [interpreter[2]] : []), '-c', first.content] : [...shell, first.content];
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

async function runToEnd(runtime: string, bundle: string, id: string, stdio: string): Promise<void> {
  const path = findHelperBinary(runtime);
  const manager = isRootless() ? ['--cgroup-manager=disabled'] : ['--cgroup-manager=cgroupfs'];
  const options = path.endsWith('crun') ? manager : [];
  const log = stdio === 'inherit' || stdio === 'ignore' ? undefined : openSync(stdio, 'a');
  const output = log ?? (stdio as 'inherit' | 'ignore');
  const child = Bun.spawn([path, ...options, 'run', '--bundle', bundle, id], { stdio: ['ignore', output, output] });
  const status = await child.exited;
  if (log !== undefined) closeSync(log);
  if (status !== 0) throw new RunFailed(status);
}

import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { relabelSource } from '../container/spec/labels.ts';
import { cacheDirectory, lockCache } from './cache-directory.ts';
import type { StageState } from './config-steps.ts';
import { ContainerfileError } from './errors.ts';
import { overlayBind } from './overlay-bind.ts';
import type { RunMount } from './run-flags.ts';
import { openSource, type SourceContext } from './sources.ts';

export interface StepMounts extends AsyncDisposable {
  mounts: OciMount[];
  /** Variables that the step sees because of its mounts. */
  env: [string, string][];
}

interface Step {
  context: SourceContext;
  stageIndex: number;
  state: StageState;
  /** For files of the step's own. */
  bundle: string;
  stack: AsyncDisposableStack;
  env: [string, string][];
  /** How many agents the step was given before. */
  agents: number;
  /** Tells owners as the host knows them. */
  root: Pick<Rootfs, 'hostOwner'>;
  /** Of SELinux; empty where nothing is labelled. */
  mountLabel: string;
}

/**
 * The binds for the `--mount`s of a RUN. Sources are resolved inside the context, stage or image that they come from, so that no link
 * leads out of it (CVE-2024-1753, CVE-2024-9675).
 */
export async function stepMounts(
  context: SourceContext,
  stageIndex: number,
  requests: RunMount[],
  state: StageState,
  bundle: string,
  root: Pick<Rootfs, 'hostOwner'>,
  mountLabel = '',
): Promise<StepMounts> {
  const stack = new AsyncDisposableStack();
  const step: Step = { context, stageIndex, state, bundle, stack, env: [], agents: 0, root, mountLabel };
  const mounts: OciMount[] = [];
  try {
    for (const request of requests) {
      const mount = await mountOf(request, step);
      if (mount) mounts.push(mount);
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { mounts, env: step.env, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function mountOf(request: RunMount, step: Step): Promise<OciMount | undefined> | OciMount | undefined {
  const target = request.target && posix.resolve(step.state.config.WorkingDir || '/', request.target);
  switch (request.type) {
    case 'tmpfs':
      return tmpfsMount(request, target!);
    case 'secret':
      return secretMount(request, target, step);
    case 'ssh':
      return agentMount(request, target, step);
    case 'cache':
      return cacheMount(request, target!, step);
    case 'bind':
      return bindMount(request, target!, step);
  }
}

function tmpfsMount({ size, mode, readOnly }: RunMount, destination: string): OciMount {
  const options = [
    readOnly ? 'ro' : 'rw',
    'nosuid',
    'nodev',
    ...(size ? [`size=${size}`] : []),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
  ];
  return { destination, type: 'tmpfs', source: 'tmpfs', options };
}

/** What is written to the context or an image must not reach it: it goes to an overlay of the step's own. */
async function bindMount(request: RunMount, destination: string, step: Step): Promise<OciMount> {
  const source = step.stack.use(await openSource(step.context, request.from, step.stageIndex));
  const path = sourceIn(source.root, request.source ?? '/');
  const options = [request.recursive ? 'rbind' : 'bind', 'rprivate', ...request.flags];
  if (step.mountLabel && request.relabel) relabelSource(path, step.mountLabel, request.relabel === 'shared');
  if (request.readOnly !== false) return { destination, type: 'bind', source: path, options: [...options, 'ro'] };
  if (statSync(path).isDirectory()) return overlayBind(path, destination, step.bundle);
  const copy = join(step.bundle, `bind-${sha256Hex(destination).slice(0, 12)}`);
  copyFileSync(path, copy);
  return { destination, type: 'bind', source: copy, options: [...options, 'rw'] };
}

async function cacheMount(request: RunMount, destination: string, step: Step): Promise<OciMount> {
  const options = ['rbind', request.propagation ?? 'shared', ...request.flags, request.readOnly ? 'ro' : 'rw'];
  let root: string;
  let isImage = false;
  if (request.from === undefined) root = cacheDirectory(request, destination, step.root.hostOwner(request));
  else {
    const source = step.stack.use(await openSource(step.context, request.from, step.stageIndex));
    root = source.root;
    isImage = true;
  }
  if (request.sharing === 'locked') step.stack.use(await lockCache(root));
  const path = sourceIn(root, request.source ?? '/');
  // A cache is shared among builds unless something else is said.
  if (step.mountLabel && !isImage) relabelSource(path, step.mountLabel, request.relabel !== 'private');
  return isImage && !request.readOnly ? overlayBind(path, destination, step.bundle) : { destination, type: 'bind', source: path, options };
}

function sourceIn(treeRoot: string, path: string): string {
  using root = new Rootfs(treeRoot);
  if (!root.exists(path)) throw new ContainerfileError(`mount source ${JSON.stringify(path)} does not exist`);
  return root.hostPath(path);
}

function secretMount(
  request: RunMount,
  target: string | undefined,
  { context, bundle, env, root, mountLabel }: Step,
): OciMount | undefined {
  const id = request.id ?? (target ? posix.basename(target) : undefined);
  if (id === undefined)
    throw new ContainerfileError('secret should have syntax id=id[,target=path,required=bool,mode=uint,uid=uint,gid=uint');
  const secret = context.options.run.secrets.get(id);
  if (!secret) {
    if (request.required) throw new ContainerfileError(`secret required but no secret with id ${JSON.stringify(id)} found`);
    return undefined;
  }
  const value = secret.file !== undefined ? readFileSync(secret.file) : Buffer.from(process.env[secret.env!] ?? '');
  if (request.env !== undefined) {
    env.push([request.env, value.toString()]);
    if (target === undefined) return undefined;
  }
  const path = join(bundle, `secret-${sha256Hex(id).slice(0, 12)}`);
  writeFileSync(path, value, { mode: 0o600 });
  const owner = root.hostOwner(request);
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, request.mode ?? 0o400);
  if (mountLabel) relabelSource(path, mountLabel, false);
  return {
    destination: target ?? `/run/secrets/${id}`,
    type: 'bind',
    source: path,
    options: ['bind', 'rprivate', 'ro', 'nosuid', 'nodev', 'noexec'],
  };
}

async function agentMount(request: RunMount, target: string | undefined, step: Step): Promise<OciMount | undefined> {
  const id = request.id ?? 'default';
  const paths = step.context.options.run.ssh.get(id);
  const count = step.agents++;
  if (!paths) {
    if (request.required) throw new ContainerfileError(`ssh required but no ssh with id ${id} found`);
    return undefined;
  }
  const { forwardAgent } = await import('./ssh-agent.ts');
  const directory = join(step.bundle, `agent-${count}`);
  mkdirSync(directory, { mode: 0o700 });
  const agent = step.stack.use(await forwardAgent(paths, join(directory, 'agent.sock')));
  const owner = step.root.hostOwner(request);
  chownSync(agent.socket, owner.uid, owner.gid);
  chmodSync(agent.socket, request.mode ?? 0o600);
  if (step.mountLabel) relabelSource(directory, step.mountLabel, false);
  const destination = target ?? `/run/buildkit/ssh_agent.${count}`;
  if (count === 0) step.env.push(['SSH_AUTH_SOCK', destination]);
  return { destination, type: 'bind', source: agent.socket, options: ['bind', 'rprivate', 'ro'] };
}

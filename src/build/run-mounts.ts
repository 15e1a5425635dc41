import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { NotYet } from '../errors.ts';
import { cacheDirectory } from './cache-directory.ts';
import type { StageState } from './config-steps.ts';
import { ContainerfileError } from './errors.ts';
import type { RunMount } from './run-flags.ts';
import { openSource, type SourceContext } from './sources.ts';

export interface StepMounts extends AsyncDisposable {
  mounts: OciMount[];
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
): Promise<StepMounts> {
  const stack = new AsyncDisposableStack();
  const mounts: OciMount[] = [];
  try {
    for (const request of requests) {
      const mount = await one(context, stageIndex, request, state, bundle, stack);
      if (mount) mounts.push(mount);
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { mounts, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function one(
  context: SourceContext,
  stageIndex: number,
  request: RunMount,
  state: StageState,
  bundle: string,
  stack: AsyncDisposableStack,
): Promise<OciMount | undefined> {
  const target = request.target && posix.resolve(state.config.WorkingDir || '/', request.target);
  switch (request.type) {
    case 'tmpfs':
      return {
        destination: target!,
        type: 'tmpfs',
        source: 'tmpfs',
        options: [
          'rw',
          'nosuid',
          'nodev',
          ...(request.size ? [`size=${request.size}`] : []),
          ...(request.mode ? [`mode=${request.mode.toString(8)}`] : []),
        ],
      };
    case 'secret':
      return secretMount(context, request, bundle);
    case 'ssh':
      throw new NotYet('RUN --mount=type=ssh');
    case 'cache':
      if (request.from !== undefined || request.source !== undefined) throw new NotYet('RUN --mount=type=cache with a source');
      if (request.sharing !== 'shared') throw new NotYet(`RUN --mount=type=cache,sharing=${request.sharing}`);
      return {
        destination: target!,
        type: 'bind',
        source: cacheDirectory(request, target!),
        options: ['rbind', request.readOnly ? 'ro' : 'rw'],
      };
    case 'bind': {
      // What is written there must not reach the context or the other image; that takes an overlay of its own.
      if (request.readOnly === false) throw new NotYet('RUN --mount=type=bind,rw');
      const source = stack.use(await openSource(context, request.from, stageIndex));
      using root = new Rootfs(source.root);
      const path = request.source ?? '/';
      if (!root.exists(path)) throw new ContainerfileError(`mount source ${JSON.stringify(path)} does not exist`);
      return {
        destination: target!,
        type: 'bind',
        source: root.hostPath(path),
        options: ['rbind', 'ro'],
      };
    }
  }
}

function secretMount(context: SourceContext, request: RunMount, bundle: string): OciMount | undefined {
  const id = request.id ?? (request.target ? posix.basename(request.target) : undefined);
  if (id === undefined) throw new ContainerfileError('secret mounts need an id');
  const secret = context.options.run.secrets.get(id);
  if (!secret) {
    if (request.required) throw new ContainerfileError(`secret required but no secret with id ${id} found`);
    return undefined;
  }
  if (request.env) throw new NotYet('RUN --mount=type=secret,env=');
  const value = secret.file !== undefined ? readFileSync(secret.file) : Buffer.from(process.env[secret.env!] ?? '');
  const path = join(bundle, `secret-${sha256Hex(id).slice(0, 12)}`);
  writeFileSync(path, value, { mode: request.mode ?? 0o400 });
  chownSync(path, request.uid, request.gid);
  return {
    destination: request.target ?? `/run/secrets/${id}`,
    type: 'bind',
    source: path,
    options: ['bind', 'ro', 'nosuid', 'nodev', 'noexec'],
  };
}

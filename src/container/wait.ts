import { dirname } from 'node:path';
import { SelkieError } from '../errors.ts';
import { IN_CREATE, IN_MODIFY, IN_MOVED_TO, Inotify, untilReadable } from '../os/readable.ts';
import type { Container } from './container.ts';
import { podmanStatus } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { readExit, waitForExit } from './exit-file.ts';
import { hasHealthcheck, healthLogPath, healthStatus } from './health.ts';
import { syncState } from './sync-state.ts';

const states = ['created', 'exited', 'initialized', 'paused', 'removing', 'running', 'stopped', 'stopping', 'unknown'];
const healths = ['healthy', 'unhealthy', 'starting'];

/** What `--condition` may be. @throws SelkieError */
export function checkConditions(conditions: readonly string[]): void {
  for (const condition of conditions) {
    if (!states.includes(condition) && !healths.includes(condition))
      throw new SelkieError(`unknown container state: ${condition}: invalid argument`);
  }
}

/**
 * Waits until the container is in one of the states. @returns its exit code for an ended one, -1 for other states
 * Without conditions, or with `stopped`/`exited`, this is the end of its present run; a container that never ran has ended with 0.
 */
export async function waitForContainer(
  engine: ContainerEngine,
  container: Container,
  conditions: readonly string[],
  signal?: AbortSignal,
): Promise<number> {
  const wantsEnd = conditions.length === 0 || conditions.some((condition) => condition === 'stopped' || condition === 'exited');
  const others = conditions.filter((condition) => condition !== 'stopped' && condition !== 'exited');
  if (others.length === 0) return waitForEnd(engine, container, signal);
  const health = others.find((condition) => healths.includes(condition));
  if (health !== undefined && !hasHealthcheck(container))
    throw new SelkieError(`cannot use condition ${JSON.stringify(health)}: container ${container.id} has no healthcheck`);
  using changes = new Inotify();
  watchState(engine, changes);
  if (hasHealthcheck(container)) changes.watch(dirname(healthLogPath(container)), IN_MOVED_TO);
  for (let lately = true; ; lately = await changed(changes, lately, { signal })) {
    changes.drain();
    if (!engine.state.refresh(container)) return engine.state.exitCode(container.id) ?? container.state.exitCode;
    syncState(engine, container);
    const { status } = container.state;
    if (others.includes(podmanStatus(status))) return -1;
    if (others.includes(healthStatus(container))) return -1;
    if (wantsEnd && (status === 'exited' || status === 'stopped')) return container.state.exitCode;
  }
}

async function waitForEnd(engine: ContainerEngine, container: Container, signal?: AbortSignal): Promise<number> {
  if (!engine.state.refresh(container)) return engine.state.exitCode(container.id) ?? -1;
  syncState(engine, container);
  const { state } = container;
  if (state.status === 'configured' || state.status === 'created') {
    if (!state.exited && state.status === 'configured') return 0;
  }
  if (!container.isRunning && state.status !== 'created') return state.exitCode;
  const { code } = await waitForExit(engine, container, false, signal);
  // What watched the container is told before us; its clean-up may go on, but the state must say the same as we do.
  if (engine.state.refresh(container)) syncState(engine, container);
  return readExit(engine, container.id)?.code ?? engine.state.exitCode(container.id) ?? code;
}

/** Waits for the end of the container's next run, or of the present one. @returns its exit code @throws the signal's reason */
export async function waitForNextExit(engine: ContainerEngine, container: Container, signal?: AbortSignal): Promise<number> {
  const before = container.state.started;
  await untilChanged(engine, container, () => container.isRunning || container.state.started !== before, signal);
  return waitForEnd(engine, container, signal);
}

/** Waits until the container is gone. @returns the exit code of its last run @throws the signal's reason */
export async function waitForRemoval(engine: ContainerEngine, container: Container, signal?: AbortSignal): Promise<number> {
  await untilChanged(engine, container, () => false, signal);
  return engine.state.exitCode(container.id) ?? container.state.exitCode;
}

/** Waits until the container is as it is wanted, or gone. */
async function untilChanged(
  engine: ContainerEngine,
  container: Container,
  wanted: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  using changes = new Inotify();
  watchState(engine, changes);
  for (let lately = true; ; lately = await changed(changes, lately, { signal })) {
    changes.drain();
    if (!engine.state.refresh(container)) return;
    syncState(engine, container);
    if (wanted()) return;
  }
}

/**
 * Waits for the next change. A transaction shows in the file a moment before it can be read, so soon after each change one has to
 * look again. @returns whether there was a change  @throws the signal's reason
 */
async function changed(changes: Inotify, lately: boolean, { limit, signal }: ChangeWait): Promise<boolean> {
  using readable = untilReadable(changes.fd, signal);
  const again = Promise.withResolvers<boolean>();
  const wait = lately ? 30 : limit;
  const timer = wait === undefined ? undefined : setTimeout(() => again.resolve(false), wait);
  const was = await Promise.race([readable.ready.then(() => true), again.promise]);
  clearTimeout(timer);
  signal?.throwIfAborted();
  return was;
}

interface ChangeWait {
  /** Milliseconds. */
  limit?: number;
  signal?: AbortSignal | undefined;
}

/** Every change of a state is a write to the database's log. */
function watchState(engine: ContainerEngine, changes: Inotify): void {
  engine.prepare();
  changes.watch(engine.paths.staticDir, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
  changes.watch(engine.paths.exitsDir, IN_CREATE | IN_MOVED_TO);
}

/** Waits until there is such a container and it runs. @returns whether that came in time */
export async function untilRunning(engine: ContainerEngine, name: string, seconds: number): Promise<boolean> {
  engine.prepare();
  using changes = new Inotify();
  watchState(engine, changes);
  const deadline = Date.now() + seconds * 1000;
  for (let lately = true; ; ) {
    changes.drain();
    const container = engine.state.find(name);
    if (container?.state.status === 'running') return true;
    const left = deadline - Date.now();
    if (left <= 0) return false;
    lately = await changed(changes, lately, { limit: left });
  }
}

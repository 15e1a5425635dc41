import { cleanupContainer } from './cleanup.ts';
import { nowText } from './clock.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { WrongState } from './errors.ts';
import { initContainer } from './init.ts';
import { runtimeOf, startProcess } from './runtime.ts';
import { requirePresent, syncState } from './sync-state.ts';

export interface StartOptions {
  foreground?: boolean;
  /** Called when the container stands ready and before its process starts: here one attaches without losing output. */
  beforeStart?: () => Promise<void>;
  /** The restart policy starts it: the count of restarts goes on. */
  restart?: boolean;
}

/** Starts a container; those that it depends on first. @throws WrongState when it runs already or is paused */
export async function startContainer(engine: ContainerEngine, container: Container, options: StartOptions = {}): Promise<void> {
  await startDependencies(engine, container);
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    syncState(engine, container);
    await startLocked(engine, container, options);
  });
  if (container.config.sdnotify.mode === 'healthy') await untilHealthy(engine, container);
}

/** A start of a service that is ready only when it is healthy takes until then. */
async function untilHealthy(engine: ContainerEngine, container: Container): Promise<void> {
  const [{ waitForContainer }, { notifyHealthy }] = await Promise.all([import('./wait.ts'), import('./service-notification.ts')]);
  const code = await waitForContainer(engine, container, ['healthy', 'stopped']);
  if (code === -1) notifyHealthy(container);
}

/** As `startContainer`, with the lock held and the state fresh. */
export async function startLocked(engine: ContainerEngine, container: Container, options: StartOptions = {}): Promise<void> {
  const { state } = container;
  if (container.isRunning || state.status === 'removing') {
    throw new WrongState(
      `unable to start container ${container.id}: container ${container.id} must be in Created or Stopped state to be started`,
    );
  }
  if (state.status === 'stopped') await cleanupContainer(engine, container);
  if (state.status !== 'created') {
    if (!options.restart) state.restartCount = 0;
    state.stoppedByUser = false;
    state.startupHealthcheckPassed = false;
    state.startupSuccesses = 0;
    state.startupFailures = 0;
    await initContainer(engine, container, { foreground: options.foreground });
  }
  await options.beforeStart?.();
  await startProcess(runtimeOf(engine, container), container.id);
  state.status = 'running';
  state.started = nowText();
  engine.state.saveState(container);
  if (container.config.sdnotify.socket !== undefined || process.env['NOTIFY_SOCKET'] !== undefined) {
    (await import('./service-notification.ts')).notifyStarted(container);
  }
  engine.events.writeContainerEvent(container, 'start');
  if (container.config.healthcheck !== undefined) await beginHealthchecks(engine, container);
}

async function beginHealthchecks(engine: ContainerEngine, container: Container): Promise<void> {
  const [{ hasHealthcheck, writeHealthLog }, { startHealthchecks }] = await Promise.all([
    import('./health.ts'),
    import('./health-schedule.ts'),
  ]);
  if (!hasHealthcheck(container)) return;
  writeHealthLog(container, { status: 'starting', failingStreak: 0, log: null });
  startHealthchecks(engine, container);
}

/** Only "created" is reached: `container init`. What it depends on is started for members of a pod only. @throws WrongState */
export async function initOnly(engine: ContainerEngine, container: Container): Promise<void> {
  if (container.config.pod !== undefined) await startDependencies(engine, container);
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    syncState(engine, container);
    requireDependencies(engine, container);
    const { status } = container.state;
    if (status !== 'configured' && status !== 'stopped' && status !== 'exited') {
      throw new WrongState(`container ${container.id} has already been created in runtime`);
    }
    if (status === 'stopped') await cleanupContainer(engine, container);
    await initContainer(engine, container);
  });
}

/** @throws WrongState */
function requireDependencies(engine: ContainerEngine, { id, config }: Container): void {
  const missing = config.dependencies.filter((needed) => {
    const dependency = engine.state.get(needed);
    if (dependency !== undefined) syncState(engine, dependency);
    return dependency?.state.status !== 'running';
  });
  if (missing.length > 0) throw new WrongState(`some dependencies of container ${id} are not started: ${missing.join(',')}`);
}

export async function startDependencies(engine: ContainerEngine, container: Container): Promise<void> {
  for (const id of container.config.dependencies) {
    const dependency = engine.state.get(id);
    if (dependency === undefined) continue;
    syncState(engine, dependency);
    if (dependency.state.status === 'running' || dependency.state.status === 'paused') continue;
    await startContainer(engine, dependency);
  }
}

import { constants } from 'node:os';
import { warn } from '../diagnostics.ts';
import { isAlive, sendSignal } from '../os/process.ts';
import { cleanupContainer } from './cleanup.ts';
import { type Container, podmanStatus } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { ConmonKilled, ContainerStopped, WrongState } from './errors.ts';
import { type ExitReport, waitForExit } from './exit-file.ts';
import { callRuntime, isPlainRuntime, runtimeOf } from './runtime.ts';
import { recordExit, requirePresent, syncState } from './sync-state.ts';

/**
 * Stops a container by its stop signal and, after `timeout` seconds, SIGKILL; then cleans up.
 * @param timeout seconds; 0 kills at once, Infinity waits for ever  @throws WrongState, ContainerStopped when there is nothing to stop, ConmonKilled
 */
export async function stopContainer(engine: ContainerEngine, container: Container, timeout = container.config.stopTimeout): Promise<void> {
  const lock = await engine.locks.acquire(container.id);
  try {
    requirePresent(engine, container);
    syncState(engine, container);
    const { state } = container;
    if (state.status === 'configured' || state.status === 'exited' || state.status === 'stopped') {
      if (state.status === 'stopped') await cleanupContainer(engine, container);
      throw new ContainerStopped(`container ${container.id} is ${state.status}`);
    }
    if (state.status === 'paused') throw new WrongState(`container ${container.id} is running or paused, refusing to clean up`);
    if (!['created', 'running', 'stopping'].includes(state.status)) {
      throw new WrongState(`can only stop created or running containers. ${container.id} is in state ${state.status}`);
    }
    state.stoppedByUser = true;
    state.status = 'stopping';
    engine.state.saveState(container);
    engine.events.writeContainerEvent(container, 'stop');
    // The lock is free while the container takes its time: others may look at it, or kill it.
    lock[Symbol.dispose]();
    const { pid } = state;
    const report = await endProcess(engine, container, timeout);
    await engine.locks.with(container.id, async () => {
      if (!engine.state.refresh(container)) return;
      // Whoever cleaned up first may have started it again.
      if (container.state.pid === pid && container.isRunning) recordExit(engine, container, report);
      if (container.state.status === 'stopped') await cleanupContainer(engine, container);
    });
    if (report.isLost) throw new ConmonKilled(container.id);
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Stops with the lock held all the while, as removal wants it. */
export async function stopLocked(engine: ContainerEngine, container: Container, timeout: number): Promise<void> {
  if (!container.isRunning && container.state.status !== 'created') return;
  container.state.stoppedByUser = true;
  container.state.status = 'stopping';
  engine.state.saveState(container);
  recordExit(engine, container, await endProcess(engine, container, timeout));
}

async function endProcess(engine: ContainerEngine, container: Container, timeout: number): Promise<ExitReport> {
  const { config } = container;
  const ended = waitForExit(engine, container);
  if (timeout > 0) {
    await signalContainer(engine, container, config.stopSignal || constants.signals.SIGTERM);
    const report = await within(ended, timeout);
    if (report !== undefined) return report;
    warn(
      `StopSignal ${signalName(config.stopSignal || constants.signals.SIGTERM)} failed to stop container ${config.name} in ${timeout} seconds, resorting to SIGKILL`,
    );
  }
  await signalContainer(engine, container, constants.signals.SIGKILL, config.namespaces.pid.kind !== 'private');
  return ended;
}

async function within<T>(wanted: Promise<T>, seconds: number): Promise<T | undefined> {
  if (!Number.isFinite(seconds) || seconds > 2_000_000) return wanted;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}

const signalName = (signal: number): string =>
  Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `(${signal})`;

/** Sends a signal to the container's first process, or to all of its cgroup. An ended one takes it silently. */
export async function signalContainer(engine: ContainerEngine, container: Container, signal: number, all = false): Promise<boolean> {
  const { pid, pidStart } = container.state;
  const runtime = runtimeOf(engine, container);
  if (!all && isPlainRuntime(runtime)) return isAlive(pid, pidStart) && sendSignal(pid, signal);
  const { code } = await callRuntime(runtime, ['kill', ...(all ? ['--all'] : []), container.id, String(signal)]);
  return code === 0;
}

/** `kill`: any signal, to a running container. @throws WrongState */
export async function killContainer(engine: ContainerEngine, container: Container, signal: number): Promise<void> {
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    syncState(engine, container);
    const { state } = container;
    if (!['running', 'stopping', 'paused'].includes(state.status)) {
      throw new WrongState(`can only kill running containers. ${container.id} is in state ${podmanStatus(state.status)}`);
    }
    const sent = await signalContainer(engine, container, signal);
    if (!sent) {
      // It has ended between the look and the signal: a kill has its wish, any other signal came too late.
      if (signal !== constants.signals.SIGKILL) throw new WrongState(`sending signal to container ${container.id}`);
      return;
    }
    // What is frozen cannot die.
    if (signal === constants.signals.SIGKILL && state.status === 'paused') await thaw(engine, container);
    engine.events.writeContainerEvent(container, 'kill');
    // Whatever the signal: if the container ends by it, no restart policy shall bring it back.
    state.stoppedByUser = true;
    engine.state.saveState(container);
  });
  if (signal === constants.signals.SIGKILL) await waitForExit(engine, container);
}

async function thaw(engine: ContainerEngine, container: Container): Promise<void> {
  await callRuntime(runtimeOf(engine, container), ['resume', container.id]);
  container.state.status = 'running';
}

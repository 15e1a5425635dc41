import type { Container } from './container.ts';
import { podmanStatus } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { WrongState } from './errors.ts';
import { callRuntime, runtimeError, runtimeOf } from './runtime.ts';
import { requirePresent, syncState } from './sync-state.ts';

/** @throws WrongState, RuntimeFailed */
export async function pauseContainer(engine: ContainerEngine, container: Container): Promise<void> {
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    syncState(engine, container);
    const { status } = container.state;
    if (status === 'paused') throw new WrongState(`"${container.id}" is already paused`);
    if (status !== 'running') throw new WrongState(`"${podmanStatus(status)}" is not running, can't pause`);
    if (container.config.healthcheck !== undefined) await stopChecks(container);
    await call(engine, container, 'pause');
    container.state.status = 'paused';
    engine.state.saveState(container);
    engine.events.writeContainerEvent(container, 'pause');
  });
}

/** @throws WrongState, RuntimeFailed */
export async function unpauseContainer(engine: ContainerEngine, container: Container): Promise<void> {
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    syncState(engine, container);
    if (container.state.status !== 'paused') throw new WrongState(`"${container.id}" is not paused, can't unpause`);
    await unpauseLocked(engine, container);
  });
}

export async function unpauseLocked(engine: ContainerEngine, container: Container): Promise<void> {
  await call(engine, container, 'resume');
  container.state.status = 'running';
  engine.state.saveState(container);
  engine.events.writeContainerEvent(container, 'unpause');
  if (container.config.healthcheck !== undefined) await startChecks(engine, container);
}

async function stopChecks(container: Container): Promise<void> {
  const { stopHealthchecks } = await import('./health-schedule.ts');
  stopHealthchecks(container);
}

/** What was found before the pause says nothing of the time after it. */
async function startChecks(engine: ContainerEngine, container: Container): Promise<void> {
  const [{ hasHealthcheck, readHealthLog, writeHealthLog }, { startHealthchecks }] = await Promise.all([
    import('./health.ts'),
    import('./health-schedule.ts'),
  ]);
  if (!hasHealthcheck(container)) return;
  writeHealthLog(container, { ...readHealthLog(container), status: 'reset' });
  startHealthchecks(engine, container);
}

async function call(engine: ContainerEngine, container: Container, verb: 'pause' | 'resume'): Promise<void> {
  const runtime = runtimeOf(engine, container);
  const { code, stderr } = await callRuntime(runtime, [verb, container.id]);
  if (code !== 0) throw runtimeError(runtime, stderr);
}

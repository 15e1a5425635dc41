import { cleanupContainer } from './cleanup.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { ContainerStopped, WrongState } from './errors.ts';
import { startContainer } from './start.ts';
import { stopContainer } from './stop.ts';
import { requirePresent, syncState } from './sync-state.ts';

/** Stops the container if it runs and starts it again. @param timeout seconds before it is killed  @throws SelkieError */
export async function restartContainer(
  engine: ContainerEngine,
  container: Container,
  timeout = container.config.stopTimeout,
): Promise<void> {
  requirePresent(engine, container);
  syncState(engine, container);
  if (container.state.status === 'paused' || container.state.status === 'removing') {
    throw new WrongState(`unable to restart a container in a paused or unknown state`);
  }
  try {
    if (container.isRunning || container.state.status === 'created') await stopContainer(engine, container, timeout);
  } catch (error) {
    if (!(error instanceof ContainerStopped)) throw error;
  }
  await engine.locks.with(container.id, async () => {
    requirePresent(engine, container);
    if (container.state.status === 'stopped') await cleanupContainer(engine, container);
  });
  engine.events.writeContainerEvent(container, 'restart');
  await startContainer(engine, container);
}

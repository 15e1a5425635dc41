import { cleanupContainer } from './cleanup.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { startLocked } from './start.ts';

/** Starts an ended container again if its policy says so; the caller holds the lock. @returns whether it runs again */
export async function restartByPolicy(engine: ContainerEngine, container: Container): Promise<boolean> {
  const { state } = container;
  if (!state.restartPolicyMatch) return false;
  state.restartPolicyMatch = false;
  state.restartCount++;
  await cleanupContainer(engine, container);
  engine.events.writeContainerEvent(container, 'restart');
  await startLocked(engine, container, { restart: true });
  return true;
}

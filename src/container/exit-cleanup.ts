import { warn } from '../diagnostics.ts';
import { isAlive } from '../os/process.ts';
import { cleanupContainer } from './cleanup.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { WrongState } from './errors.ts';
import { tellPod } from './pod-hooks.ts';
import { removeLocked } from './remove.ts';
import { restartByPolicy } from './restart-policy.ts';
import { syncState } from './sync-state.ts';

export interface ExitCleanupOptions {
  /** Leave it alone unless its process has ended. */
  stoppedOnly: boolean;
  remove: boolean;
  removeImage: boolean;
}

/** What conmon has us do when a container's process has ended; repeatable, and nothing when someone else was faster. */
export async function cleanUpAfterExit(engine: ContainerEngine, container: Container, options: ExitCleanupOptions): Promise<void> {
  const { image } = container.config;
  const runsAgain = await engine.locks.with(container.id, async () => {
    if (!engine.state.refresh(container)) return false;
    const before = container.state.status;
    syncState(engine, container);
    const { state } = container;
    if (options.stoppedOnly && state.status !== 'stopped' && state.status !== 'exited') return true;
    if (container.isRunning) throw new WrongState(`container ${container.id} is running or paused, refusing to clean up`);
    // A stop in another process finishes by itself, if it is still there: its lock is free while it waits.
    if (before === 'removing') return false;
    if (options.stoppedOnly && (await restartByPolicy(engine, container))) return true;
    if (state.cleanupByForeground !== 0 && isAlive(state.cleanupByForeground)) state.cleanupByForeground = 0;
    if (options.remove && engine.state.dependents(container.id).length === 0) await removeLocked(engine, container, { volumes: true });
    else if (state.status !== 'exited' && state.status !== 'configured') await cleanupContainer(engine, container);
    return false;
  });
  if (!runsAgain) await tellPod(engine, container);
  if (options.removeImage && image.id !== '') await removeImage(engine, image.id);
}

async function removeImage(engine: ContainerEngine, id: string): Promise<void> {
  try {
    await engine.images.remove([id], { ignore: true });
  } catch (error) {
    warn(`removing image ${id}: ${(error as Error).message}`);
  }
}

/** What conmon has us do when the process of an exec session has ended. */
export async function cleanUpExecSession(engine: ContainerEngine, container: Container, session: string, remove: boolean): Promise<void> {
  const { finishExecSession } = await import('./exec-session.ts');
  await engine.locks.with(container.id, () => {
    if (!engine.state.refresh(container)) return;
    finishExecSession(engine, container, session, remove);
  });
}

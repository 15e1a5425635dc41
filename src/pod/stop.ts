import { cleanupContainer } from '../container/cleanup.ts';
import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { ContainerStopped, WrongState } from '../container/errors.ts';
import { stopContainer } from '../container/stop.ts';
import type { SelkieError } from '../errors.ts';
import { removePodCgroup } from './cgroup.ts';
import type { ContainerFailure } from './errors.ts';
import { inOrder } from './order.ts';
import { containersOf, type Pod } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { stopIdleService } from './service.ts';

/** Stops a pod's containers, the infra container last. @param timeout seconds before a container is killed; else its own @returns what failed */
export async function stopPod(engine: ContainerEngine, pod: Pod, timeout?: number): Promise<ContainerFailure[]> {
  return await engine.locks.with(pod.id, () => stopPodLocked(engine, pod, timeout));
}

export async function stopPodLocked(engine: ContainerEngine, pod: Pod, timeout?: number): Promise<ContainerFailure[]> {
  writePodEvent(engine, pod, 'stop');
  const failures = await inOrder(
    containersOf(engine, pod),
    'dependents first',
    (container) => stopOne(engine, container, timeout),
    dependentFailed,
  );
  if (failures.length > 0) return failures;
  await stopIdleService(engine, pod);
  removePodCgroup(engine, pod);
  return [];
}

export const dependentFailed = ({ id }: Container): SelkieError =>
  new WrongState(`a container that depends on container ${id} could not be stopped`);

async function stopOne(engine: ContainerEngine, container: Container, timeout?: number): Promise<void> {
  try {
    await stopContainer(engine, container, timeout);
  } catch (error) {
    if (!(error instanceof ContainerStopped) && !(error instanceof WrongState)) throw error;
  }
  await engine.locks.with(container.id, async () => {
    if (engine.state.refresh(container) && container.state.status === 'stopped') await cleanupContainer(engine, container);
  });
}

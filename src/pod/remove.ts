import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { WrongState } from '../container/errors.ts';
import { removeContainer } from '../container/remove.ts';
import { removePodCgroup } from './cgroup.ts';
import { PodNotRemoved } from './errors.ts';
import { inOrder } from './order.ts';
import { containersOf, forgetPod, getPod, type Pod } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { removeUnusedService } from './service.ts';
import { dependentFailed } from './stop.ts';

export interface RemovePodOptions {
  /** Running containers are stopped first. */
  force?: boolean;
  /** Seconds before a running container is killed (with `force`). */
  timeout?: number;
}

/**
 * Removes a pod, its containers and their anonymous volumes. One that is gone already is as good. The infra container needs
 * no force.  @returns the IDs of the containers that were removed  @throws PodNotRemoved
 */
export async function removePod(engine: ContainerEngine, pod: Pod, options: RemovePodOptions = {}): Promise<string[]> {
  return await engine.locks.with(pod.id, async () => {
    const now = getPod(engine, pod.id);
    if (now === undefined) return [];
    const containers = containersOf(engine, now);
    const failures = await inOrder(
      containers,
      'dependents first',
      (container) => removeMember(engine, container, options),
      dependentFailed,
    );
    if (failures.length > 0) throw new PodNotRemoved(pod.id, failures);
    removePodCgroup(engine, now);
    forgetPod(engine, now);
    await removeUnusedService(engine, now);
    writePodEvent(engine, now, 'remove');
    return containers.map(({ id }) => id);
  });
}

async function removeMember(engine: ContainerEngine, container: Container, options: RemovePodOptions): Promise<void> {
  const { isInfra } = container.config;
  if (!options.force && !isInfra && container.isRunning) {
    throw new WrongState(
      `cannot remove container ${container.id} as it is ${container.state.status} - running or paused containers cannot be removed without force`,
    );
  }
  await removeContainer(engine, container, { ...options, force: options.force || isInfra, volumes: true, removingPod: true });
}

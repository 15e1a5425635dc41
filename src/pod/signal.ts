import { isRootless } from '../config/paths.ts';
import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { ContainerStopped, WrongState } from '../container/errors.ts';
import { pauseContainer, unpauseContainer } from '../container/pause.ts';
import { restartContainer } from '../container/restart.ts';
import { killContainer } from '../container/stop.ts';
import { SelkieError } from '../errors.ts';
import { isCgroupV2 } from './cgroup.ts';
import type { ContainerFailure } from './errors.ts';
import { inOrder } from './order.ts';
import { containersOf, type Pod, podStatus } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { startService, stopIdleService } from './service.ts';
import { dependencyFailed } from './start.ts';

/** Sends a signal to the first process of each running container. @returns what failed */
export async function killPod(engine: ContainerEngine, pod: Pod, signal: number): Promise<ContainerFailure[]> {
  const failures = await toAll(engine, pod, 'kill', (container) => killContainer(engine, container, signal));
  if (failures.length === 0) await stopIdleService(engine, pod);
  return failures;
}

/** @returns what failed @throws SelkieError for a user on version 1 of cgroups */
export async function pausePod(engine: ContainerEngine, pod: Pod): Promise<ContainerFailure[]> {
  if (isRootless() && !isCgroupV2())
    throw new SelkieError('can not pause pods containing rootless containers with cgroup V1: this container does not have a cgroup');
  return await toAll(engine, pod, 'pause', (container) => pauseContainer(engine, container));
}

/** Undefined where nothing of the pod is paused. */
export async function unpausePod(engine: ContainerEngine, pod: Pod): Promise<ContainerFailure[] | undefined> {
  const status = podStatus(containersOf(engine, pod));
  if (status !== 'Paused' && status !== 'Degraded') return undefined;
  return await toAll(engine, pod, 'unpause', (container) => unpauseContainer(engine, container));
}

/** Stops and starts all containers, and starts those that did not run. @returns what failed */
export async function restartPod(engine: ContainerEngine, pod: Pod): Promise<ContainerFailure[]> {
  return await engine.locks.with(pod.id, async () => {
    await startService(engine, pod);
    const failures = await inOrder(
      containersOf(engine, pod),
      'dependencies first',
      async (container) => {
        if (container.config.initContainerType === undefined && container.state.status !== 'paused')
          await restartContainer(engine, container);
      },
      dependencyFailed,
    );
    if (failures.length === 0) {
      writePodEvent(engine, pod, 'stop');
      writePodEvent(engine, pod, 'start');
    }
    return failures;
  });
}

/** The same to all containers at once; those that are in no state for it are passed over. */
async function toAll(
  engine: ContainerEngine,
  pod: Pod,
  event: string,
  work: (container: Container) => Promise<unknown>,
): Promise<ContainerFailure[]> {
  return await engine.locks.with(pod.id, async () => {
    const failures: ContainerFailure[] = [];
    const done = containersOf(engine, pod).map(async (container) => {
      try {
        await work(container);
      } catch (error) {
        if (error instanceof WrongState || error instanceof ContainerStopped) return;
        if (!(error instanceof SelkieError)) throw error;
        failures.push({ id: container.id, error });
      }
    });
    await Promise.all(done);
    writePodEvent(engine, pod, event);
    return failures;
  });
}

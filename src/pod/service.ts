import type { ContainerEngine } from '../container/engine.ts';
import { ContainerStopped, WrongState } from '../container/errors.ts';
import { removeContainer } from '../container/remove.ts';
import { startContainer } from '../container/start.ts';
import { stopContainer } from '../container/stop.ts';
import { syncState } from '../container/sync-state.ts';
import { containersOf, listPods, type Pod } from './pod.ts';

/** Starts the container that stands for the pod in a unit of systemd, where there is one. */
export async function startService(engine: ContainerEngine, pod: Pod): Promise<void> {
  const service = serviceOf(engine, pod);
  if (service === undefined) return;
  syncState(engine, service);
  if (!service.isRunning) await startContainer(engine, service);
}

/** Ends it when of none of its pods a container runs any more but infra containers. */
export async function stopIdleService(engine: ContainerEngine, pod: Pod): Promise<void> {
  const service = serviceOf(engine, pod);
  if (service === undefined) return;
  const busy = listPods(engine)
    .filter(({ serviceContainer }) => serviceContainer === service.id)
    .flatMap((other) => containersOf(engine, other))
    .some((container) => container.isRunning && !container.config.isInfra);
  if (busy) return;
  try {
    await stopContainer(engine, service, 0);
  } catch (error) {
    if (!(error instanceof ContainerStopped) && !(error instanceof WrongState)) throw error;
  }
}

/** Removes it after the last of its pods. */
export async function removeUnusedService(engine: ContainerEngine, pod: Pod): Promise<void> {
  const service = serviceOf(engine, pod);
  if (service === undefined || listPods(engine).some(({ serviceContainer }) => serviceContainer === service.id)) return;
  await removeContainer(engine, service, { force: true, timeout: 0 });
}

const serviceOf = (engine: ContainerEngine, { serviceContainer }: Pod) =>
  serviceContainer === undefined ? undefined : engine.state.get(serviceContainer);

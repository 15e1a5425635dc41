import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { WrongState } from '../container/errors.ts';
import { removeContainer } from '../container/remove.ts';
import { startContainer } from '../container/start.ts';
import { waitForContainer } from '../container/wait.ts';
import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { makePodCgroup } from './cgroup.ts';
import type { ContainerFailure } from './errors.ts';
import { inOrder } from './order.ts';
import { containersOf, type Pod } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { startService } from './service.ts';

/** Starts what does not run of a pod, init containers first and one after the other. @returns what failed @throws SelkieError */
export async function startPod(engine: ContainerEngine, pod: Pod): Promise<ContainerFailure[]> {
  return await engine.locks.with(pod.id, async () => {
    makePodCgroup(engine, pod, debug);
    await startService(engine, pod);
    await runInitContainers(engine, pod);
    const containers = containersOf(engine, pod);
    if (!containers.some(({ config }) => config.dependencies.length === 0))
      throw new SelkieError(`no containers in pod ${pod.id} have no dependencies, cannot start pod: no such container`);
    const failures = await inOrder(
      containers,
      'dependencies first',
      async (container) => {
        if (container.config.initContainerType !== undefined || container.state.status === 'running') return;
        await startContainer(engine, container);
      },
      dependencyFailed,
    );
    if (failures.length === 0) writePodEvent(engine, pod, 'start');
    return failures;
  });
}

export const dependencyFailed = ({ id }: Container): SelkieError => new WrongState(`a dependency of container ${id} failed to start`);

async function runInitContainers(engine: ContainerEngine, pod: Pod): Promise<void> {
  for (const container of containersOf(engine, pod)) {
    if (container.config.initContainerType === undefined) continue;
    await startContainer(engine, container);
    const code = await waitForContainer(engine, container, []);
    if (code !== 0) throw new SelkieError(`init container ${container.id} exited with code ${code}`);
    if (container.config.initContainerType === 'once') await removeContainer(engine, container, { removingPod: true });
  }
}

import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { PodHooks } from '../container/pod-hooks.ts';
import { getPod, type Pod } from './pod.ts';
import { prunePods } from './prune.ts';
import { removePod } from './remove.ts';
import { stopPodLocked } from './stop.ts';

/** What containers have their pod do. */
export const podHooks: PodHooks = {
  async remove(engine, podId, options) {
    const pod = getPod(engine, podId);
    return pod === undefined ? [] : await removePod(engine, pod, options);
  },

  prune: prunePods,

  async containerEnded(engine, container) {
    const pod = getPod(engine, container.config.pod ?? '');
    if (pod === undefined || pod.exitPolicy !== 'stop' || container.config.initContainerType !== undefined) return;
    await engine.locks.with(pod.id, () => stopIfIdle(engine, pod, container));
  },
};

/** Stops the pod when of all its containers only the infra container is left. */
async function stopIfIdle(engine: ContainerEngine, pod: Pod, ended: Container): Promise<void> {
  const now = getPod(engine, pod.id);
  if (now === undefined) return;
  const others = engine.state.inPod(pod.id).filter(({ id }) => id !== pod.infraId && id !== ended.id);
  if (others.some(({ state }) => !['exited', 'stopped', 'removing', 'stopping'].includes(state.status))) return;
  await stopPodLocked(engine, now);
}

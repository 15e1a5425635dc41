import { isRootless } from '../config/paths.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { type ContainerStats, readStats } from '../container/stats.ts';
import { SelkieError } from '../errors.ts';
import { isCgroupV2 } from './cgroup.ts';
import { containersOf, type Pod } from './pod.ts';

/** What one container of a pod uses; nothing is known of one that does not run. */
export interface PodContainerStats {
  pod: string;
  id: string;
  name: string;
  stats?: ContainerStats;
}

/** @throws SelkieError for a user on version 1 of cgroups */
export function podStats(engine: ContainerEngine, pods: readonly Pod[]): PodContainerStats[] {
  if (isRootless() && !isCgroupV2()) throw new SelkieError('pod stats is not supported in rootless mode without cgroups v2');
  return pods.flatMap((pod) =>
    containersOf(engine, pod).map((container) => {
      const runs = container.state.status === 'running' || container.state.status === 'paused';
      return { pod: pod.id, id: container.id, name: container.name, ...(runs ? { stats: readStats(container) } : {}) };
    }),
  );
}

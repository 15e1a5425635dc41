import type { ContainerEngine } from '../container/engine.ts';
import type { Pod } from './pod.ts';

export function writePodEvent(engine: ContainerEngine, pod: Pod, status: string): void {
  engine.events.writeEvent('pod', status, {
    ID: pod.id,
    Name: pod.name,
    ...(Object.keys(pod.labels).length > 0 ? { Attributes: pod.labels } : {}),
  });
}

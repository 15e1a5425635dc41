import type { ContainerEngine } from '../container/engine.ts';
import { containerTop } from '../container/top.ts';
import { containersOf, type Pod } from './pod.ts';

/** The processes of all running containers of a pod under common headings; without a running one there are none. @throws UnknownDescriptor */
export function podTop(engine: ContainerEngine, pod: Pod, descriptors: readonly string[]): { headings?: string[]; rows: string[][] } {
  const running = containersOf(engine, pod).filter(({ state }) => state.status === 'running');
  const tops = running.map((container) => containerTop(container, descriptors));
  return { ...(tops[0] ? { headings: tops[0].headings } : {}), rows: tops.flatMap(({ rows }) => rows) };
}

import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { containersOf, listPods, podStatus } from './pod.ts';
import { removePod } from './remove.ts';

export interface PodPruneReport {
  id: string;
  error?: SelkieError;
}

/** Removes pods of which nothing runs any more. */
export async function prunePods(engine: ContainerEngine): Promise<PodPruneReport[]> {
  const reports: PodPruneReport[] = [];
  for (const pod of listPods(engine)) {
    const status = podStatus(containersOf(engine, pod));
    if (status !== 'Stopped' && status !== 'Exited') continue;
    try {
      await removePod(engine, pod);
      reports.push({ id: pod.id });
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      reports.push({ id: pod.id, error });
    }
  }
  return reports;
}

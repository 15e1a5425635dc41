import { SelkieError } from '../errors.ts';
import { isAlive } from '../os/process.ts';
import { containerRwSize } from './disk-usage.ts';
import type { ContainerEngine } from './engine.ts';
import { ContainerRemoved, NoSuchContainer } from './errors.ts';
import { externalContainers, isBuildahContainer, removeExternalContainer } from './external.ts';
import { containerFilters, pruneFilterKeys } from './filters.ts';
import { removeContainer } from './remove.ts';

/** Something that a prune has removed, or could not remove. */
export interface PruneReport {
  id: string;
  /** Bytes that were freed. */
  size: number;
  error?: Error;
}

/** Removes containers that do not run, outside of pods; what somebody else removes meanwhile is passed over. @throws InvalidFilter */
export async function pruneContainers(engine: ContainerEngine, filters: readonly string[]): Promise<PruneReport[]> {
  const matching = containerFilters(engine, filters, pruneFilterKeys);
  const reports: PruneReport[] = [];
  for (const container of engine.state.list()) {
    const { status, pid, pidStart } = container.state;
    if (container.config.pod !== undefined || status === 'removing' || (container.isRunning && isAlive(pid, pidStart))) continue;
    if (!matching.every((matches) => matches(container))) continue;
    const size = containerRwSize(engine, container);
    try {
      await removeContainer(engine, container, { volumes: true });
      reports.push({ id: container.id, size });
    } catch (error) {
      if (error instanceof NoSuchContainer || error instanceof ContainerRemoved) continue;
      if (!(error instanceof SelkieError)) throw error;
      reports.push({ id: container.id, size: 0, error });
    }
  }
  return reports;
}

/** Removes containers that interrupted builds left. */
export function pruneBuildContainers(engine: ContainerEngine): PruneReport[] {
  return externalContainers(engine)
    .filter(({ id }) => isBuildahContainer(engine, id))
    .map(({ id }) => {
      removeExternalContainer(engine, id, true);
      return { id, size: 0 };
    });
}

import type { EngineContext } from './engine-context.ts';
import { removeImages } from './remove.ts';

export interface PruneOptions {
  /** Every image without a container, not just dangling ones. */
  all?: boolean;
  /** Images that only containers of others (buildah's) use too, with these containers. */
  external?: boolean;
  filters?: string[];
}

export interface PruneReport {
  readonly id: string;
  readonly size: number;
}

/** Removes unused images until none is left that the filters choose. @throws SelkieError the first failure */
export async function pruneImages(engine: EngineContext, options: PruneOptions = {}): Promise<PruneReport[]> {
  const filters = [...(options.filters ?? []), 'readonly=false'];
  if (!options.all && !filters.some((filter) => filter.startsWith('dangling='))) filters.push('dangling=true');
  filters.push(options.external ? 'containers=external' : 'containers=false');
  const pruned: PruneReport[] = [];
  for (let removed = 1; removed > 0; ) {
    const { reports, errors } = await removeImages(engine, [], {
      filters,
      withSize: true,
      ...(options.external ? { externalContainers: true } : {}),
    });
    if (errors[0]) throw errors[0];
    removed = reports.length;
    pruned.push(...reports.map(({ id, size }) => ({ id, size })));
  }
  return pruned;
}

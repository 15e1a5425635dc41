import type { CheckReport } from './check.ts';
import { collectGarbage } from './garbage.ts';
import type { Store } from './store.ts';

export interface RepairOutcome {
  containers: string[];
  images: string[];
  layers: string[];
  errors: Error[];
}

/**
 * Removes what a check found damaged, and what depends on it: containers (only with `removeContainers`), images, layers.
 * @param options.keep containers without a record in the store, whose directories stay
 */
export function repairStore(
  store: Store,
  report: CheckReport,
  options: { removeContainers: boolean; keep?: readonly string[] },
): RepairOutcome {
  const outcome: RepairOutcome = { containers: [], images: [], layers: [], errors: [] };
  if (options.removeContainers) removeEach(report.containers.keys(), (id) => store.containers.remove(id), outcome.containers, outcome);
  removeEach(report.images.keys(), (id) => outcome.layers.push(...store.images.remove(id)), outcome.images, outcome);
  // Children before parents: a layer is built after what it is built on.
  const order = new Map(store.layers.list().map((layer, index) => [layer.id, index]));
  const damaged = [...report.layers.keys()].filter((id) => order.has(id)).sort((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0));
  removeEach(damaged, (id) => store.layers.remove(id), outcome.layers, outcome);
  collectGarbage(store, options.keep);
  return outcome;
}

function removeEach(ids: Iterable<string>, remove: (id: string) => void, removed: string[], outcome: RepairOutcome): void {
  for (const id of ids) {
    try {
      remove(id);
      removed.push(id);
    } catch (error) {
      outcome.errors.push(error as Error);
    }
  }
}

import { readdirSync } from 'node:fs';
import { isId } from './ids.ts';
import { removeTree } from './remove-tree.ts';
import type { Store } from './store.ts';
import { TrashCan } from './trash-can.ts';

/**
 * Deletes directories and files of the store that no record names: what a kill or a power loss between two steps may leave.
 * @param others containers whose directories lie in the store though they have no record in it, as those with a root of their own
 */
export function collectGarbage(store: Store, others: readonly string[] = []): void {
  store.containers.write(() => {
    const known = new Set([...store.containers.list().map((container) => container.id), ...others]);
    for (const root of store.containers.roots) removeUnknown(root, known);
  });
  store.images.write(() => {
    const known = new Set(store.images.list().map((image) => image.id));
    removeUnknown(store.images.directory, known);
  });
  using trash = new TrashCan();
  store.layers.write(() => {
    const known = new Set(store.layers.list().map((layer) => layer.id));
    const leftover = store.layers.driver.layerIds().filter((id) => !known.has(id));
    for (const id of leftover) store.layers.driver.removeLayer(id, trash);
    removeUnknown(store.layers.directory, known, '.tar-split.gz');
  });
}

/** Only what is named by an id, with or without the suffix, is ours to judge, and what a writer of ours left that died: nobody else writes now. */
function removeUnknown(root: string, known: ReadonlySet<string>, suffix = ''): void {
  for (const name of namesIn(root)) {
    const id = suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    if ((isId(id) && !known.has(id)) || name.startsWith('.tmp-')) removeTree(`${root}/${name}`);
  }
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

import type { StorageDriver } from './drivers/driver.ts';
import type { LayerRecord } from './records.ts';

export interface Change {
  path: string;
  /** added, changed, deleted */
  kind: 'A' | 'C' | 'D';
}

/** The layer as a tar: from its tar-split the very bytes it came as, else its files as they are now. */
export async function* layerTar(driver: StorageDriver, layer: LayerRecord, tarSplit: string | undefined): AsyncGenerator<Uint8Array> {
  const [upper = '', ...lowers] = driver.diffPaths(layer.id);
  if (tarSplit !== undefined) {
    const { assembleTarSplit } = await import('../archive/tar-split.ts');
    yield* assembleTarSplit(tarSplit, [upper, ...lowers]);
    return;
  }
  const { diffTar } = await import('../archive/diff-tar.ts');
  const idMappings = layer.uidmap === undefined || layer.gidmap === undefined ? undefined : { uids: layer.uidmap, gids: layer.gidmap };
  yield* diffTar({ upper, lowers, xattrPrefix: driver.xattrPrefix, idMappings });
}

/** What the layer changes of those below it. */
export async function layerChanges(driver: StorageDriver, id: string): Promise<Change[]> {
  const { listChanges } = await import('../archive/diff-tar.ts');
  const [upper = '', ...lowers] = driver.diffPaths(id);
  return listChanges(upper, lowers, driver.xattrPrefix);
}

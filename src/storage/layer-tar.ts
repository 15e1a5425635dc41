import type { Change } from './compare-trees.ts';
import type { IdMappings, StorageDriver } from './drivers/driver.ts';
import type { LayerRecord } from './records.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

/** The layer as a tar: from its tar-split the very bytes it came as, else its files as they are now. */
export async function* layerTar(
  driver: StorageDriver,
  layer: LayerRecord,
  tarSplit: string | undefined,
  given?: IdMappings,
): AsyncGenerator<Uint8Array> {
  if (tarSplit !== undefined) {
    const { assembleTarSplit } = await import('../archive/tar-split.ts');
    yield* assembleTarSplit(tarSplit, driver.diffPaths(layer.id));
    return;
  }
  const { diffTar } = await import('../archive/diff-tar.ts');
  const own = layer.uidmap === undefined || layer.gidmap === undefined ? undefined : { uids: layer.uidmap, gids: layer.gidmap };
  const idMappings = own ?? given;
  if (driver.name === 'overlay') {
    const [upper = '', ...lowers] = driver.diffPaths(layer.id);
    yield* diffTar({ upper, lowers, xattrPrefix: driver.xattrPrefix, idMappings });
    return;
  }
  using temporary = TemporaryDirectory.create(driver.temporaryRoot(false));
  const { makeOverlayDiff } = await import('./drivers/overlay-diff.ts');
  const upper = makeOverlayDiff(driver.diffPath(layer.id), await layerChanges(driver, layer), temporary.path);
  const lowers = layer.parent === undefined ? [] : [driver.diffPath(layer.parent)];
  yield* diffTar({ upper, lowers, xattrPrefix: driver.xattrPrefix, idMappings });
}

/** What the layer changes of those below it. */
export async function layerChanges(driver: StorageDriver, layer: LayerRecord): Promise<Change[]> {
  if (driver.name === 'overlay') {
    const { listChanges } = await import('../archive/diff-tar.ts');
    const [upper = '', ...lowers] = driver.diffPaths(layer.id);
    return listChanges(upper, lowers, driver.xattrPrefix);
  }
  const { compareTrees } = await import('./compare-trees.ts');
  if (layer.parent !== undefined) return compareTrees(driver.diffPath(layer.parent), driver.diffPath(layer.id));
  using empty = TemporaryDirectory.create(driver.temporaryRoot(false));
  return compareTrees(empty.path, driver.diffPath(layer.id));
}

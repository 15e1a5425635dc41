import type { LayerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { LocalImage } from './local-image.ts';
import { repositoryName } from './reference.ts';

export interface ImageDiskUsage {
  readonly containers: number;
  readonly id: string;
  readonly repository: string;
  readonly tag: string;
  readonly created: string;
  /** Bytes of layers that other images have too. */
  readonly sharedSize: number;
  readonly uniqueSize: number;
  readonly size: number;
}

/** What each image takes, once for each of its names; `totalSize` counts every layer once, those of containers too. */
export function diskUsage(store: Store): { images: ImageDiskUsage[]; totalSize: number } {
  const images = store.images.list().map((record) => new LocalImage(store, record));
  const chains = new Map(images.map((image) => [image.id, layersOf(image)]));
  const uses = new Map<string, number>();
  for (const chain of chains.values()) for (const layer of chain) uses.set(layer.id, (uses.get(layer.id) ?? 0) + 1);
  const containers = new Map<string, number>();
  for (const { image } of store.containers.list()) containers.set(image, (containers.get(image) ?? 0) + 1);

  let totalSize = 0;
  for (const layer of store.layers.list()) totalSize += sizeOf(layer);
  const usages = images.flatMap((image) => {
    let [sharedSize, uniqueSize] = [0, 0];
    for (const layer of chains.get(image.id)!) {
      if (uses.get(layer.id)! > 1) sharedSize += sizeOf(layer);
      else uniqueSize += sizeOf(layer);
    }
    for (const bytes of Object.values(image.record.bigDataSizes ?? {})) {
      uniqueSize += bytes;
      totalSize += bytes;
    }
    const of = { sharedSize, uniqueSize, size: sharedSize + uniqueSize };
    const base = { containers: containers.get(image.id) ?? 0, id: image.id, created: image.record.created, ...of };
    const names = image.references();
    if (names.length === 0) return [{ ...base, repository: '<none>', tag: '<none>' }];
    return names.map((name) => ({ ...base, repository: repositoryName(name), tag: name.tag ?? '<none>' }));
  });
  return { images: usages, totalSize };
}

function layersOf(image: LocalImage): LayerRecord[] {
  const chain = new Map<string, LayerRecord>();
  for (const top of [image.record.layer, ...(image.record.mappedLayers ?? [])]) {
    let layer = top ? image.store.layers.get(top) : undefined;
    while (layer && !chain.has(layer.id)) {
      chain.set(layer.id, layer);
      layer = layer.parent ? image.store.layers.get(layer.parent) : undefined;
    }
  }
  return [...chain.values()];
}

const sizeOf = (layer: LayerRecord): number => Math.max(layer.diffSize ?? 0, 0);

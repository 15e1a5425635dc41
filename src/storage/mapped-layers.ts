import type { IdMappings } from './drivers/driver.ts';
import { LayerUnknown } from './errors.ts';
import type { ImageStore } from './images.ts';
import type { LayerStore } from './layers.ts';
import type { IdMap, ImageRecord, LayerRecord } from './records.ts';

/**
 * The top layer of an image whose files are owned as the mappings want (undefined: as the host's); where there is none yet, a copy is
 * made and noted in the image. Within the write locks of both. An image of an additional store is used as it is.
 */
export function topLayerFor(layers: LayerStore, images: ImageStore, image: ImageRecord, idMappings: IdMappings | undefined): string {
  const tops = [image.layer, ...image.mappedLayers].flatMap((id) => (id === undefined ? [] : (layers.get(id) ?? [])));
  const [first] = tops;
  if (first === undefined) throw new LayerUnknown(image.layer ?? '');
  const fitting = tops.find((layer) => sameMaps(layer.uidmap, idMappings?.uids) && sameMaps(layer.gidmap, idMappings?.gids));
  if (fitting !== undefined) return fitting.id;
  if (image.readOnly || first.readOnly) return first.id;
  const copy: LayerRecord = layers.createMappedCopy(first, idMappings);
  images.addMappedLayer(image.id, copy.id);
  return copy.id;
}

function sameMaps(a: IdMap[] | undefined, b: IdMap[] | undefined): boolean {
  const [left, right] = [a ?? [], b ?? []];
  return left.length === right.length && left.every((map, index) => isSame(map, right[index]));
}

const isSame = (a: IdMap, b: IdMap | undefined): boolean =>
  b !== undefined && a.containerId === b.containerId && a.hostId === b.hostId && a.size === b.size;

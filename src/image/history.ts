import { SelkieError } from '../errors.ts';
import { LayerTree } from './layer-tree.ts';
import type { LocalImage } from './local-image.ts';

export interface HistoryEntry {
  /** `<missing>` where no local image ends at that step. */
  readonly id: string;
  readonly created?: string;
  readonly createdBy: string;
  /** Bytes of the step's layer. */
  readonly size: number;
  readonly comment: string;
  readonly tags: string[] | null;
}

/** The steps that made an image, the newest first, with the local images that end at them. */
export function imageHistory(image: LocalImage): HistoryEntry[] {
  const tree = LayerTree.of(image.store);
  const used = new Set<string>();
  let layer = image.topLayer ? tree.layer(image.topLayer) : undefined;
  const entries: HistoryEntry[] = [];
  for (const step of (image.image().history ?? []).toReversed()) {
    const here = layer ? tree.imagesOn(layer.id) : [];
    const first = here[0]?.id;
    const id = first !== undefined && !used.has(first) ? first : '<missing>';
    used.add(id);
    const tags = here.flatMap((each) => each.names);
    let size = 0;
    if (!step.empty_layer) {
      if (!layer) throw new SelkieError(`no layer left for non-empty history entry: ${step.created_by ?? ''}`);
      size = layer.diffSize ?? 0;
      layer = layer.parent ? tree.layer(layer.parent) : undefined;
    }
    const made = { createdBy: step.created_by ?? '', size, comment: step.comment ?? '', tags: tags.length > 0 ? tags : null };
    entries.push({ id, ...(step.created === undefined ? {} : { created: step.created }), ...made });
  }
  return entries;
}

import type { LayerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import type { OciHistory, OciImage } from './image-config.ts';
import { instantOf } from './instant.ts';
import { LocalImage } from './local-image.ts';

/**
 * Layers with the images that end in them, and from that which image was built upon which: a child repeats its parent's layers
 * and history and adds one entry. Configs are read only of images that may be related.
 */
export class LayerTree {
  readonly #layers = new Map<string, LayerRecord>();
  readonly #children = new Map<string, string[]>();
  readonly #images = new Map<string, LocalImage[]>();
  readonly #withoutLayers: LocalImage[] = [];
  #listed?: Set<string>;

  private constructor(
    readonly store: Store,
    images: LocalImage[],
    layers: LayerRecord[],
  ) {
    for (const layer of layers) {
      this.#layers.set(layer.id, layer);
      if (layer.parent) append(this.#children, layer.parent, layer.id);
    }
    for (const image of images) {
      if (image.topLayer) append(this.#images, image.topLayer, image);
      else this.#withoutLayers.push(image);
    }
  }

  /** @param images the store's images, when they are at hand */
  static of(store: Store, images = store.images.list().map((record) => new LocalImage(store, record))): LayerTree {
    return new LayerTree(store, images, store.layers.list());
  }

  layer(id: string): LayerRecord | undefined {
    return this.#layers.get(id);
  }

  imagesOn(layer: string): LocalImage[] {
    return this.#images.get(layer) ?? [];
  }

  childLayers(layer: string): string[] {
    return this.#children.get(layer) ?? [];
  }

  /** The first image built directly upon this one, if any. */
  child(image: LocalImage): LocalImage | undefined {
    return this.#candidates(image, 'children').find((candidate) => candidate.id !== image.id && isChild(image, candidate));
  }

  /** The image that this one was built upon, if it is in the store. */
  parent(image: LocalImage): LocalImage | undefined {
    return this.#candidates(image, 'parents').find((candidate) => candidate.id !== image.id && isChild(candidate, image));
  }

  /** No name, but others are built upon it. */
  isIntermediate(image: LocalImage): boolean {
    return image.names.length === 0 && this.child(image) !== undefined;
  }

  /** No name, nothing built upon it and in no manifest list. */
  isDangling(image: LocalImage): boolean {
    return image.names.length === 0 && this.child(image) === undefined && !this.#digestsInLists().has(image.digest);
  }

  #candidates(image: LocalImage, direction: 'children' | 'parents'): LocalImage[] {
    const top = image.topLayer;
    if (!top) return isList(image) ? [] : this.#withoutLayers.filter((other) => !isList(other));
    const same = this.imagesOn(top);
    if (direction === 'children') return [...this.childLayers(top).flatMap((layer) => this.imagesOn(layer)), ...same];
    const below = this.layer(top)?.parent;
    return below ? [...same, ...this.imagesOn(below)] : same;
  }

  #digestsInLists(): Set<string> {
    if (!this.#listed) {
      this.#listed = new Set();
      for (const image of this.#withoutLayers) {
        if (!isList(image)) continue;
        const instances = image.manifest().parsed['manifests'] as { digest?: string }[] | undefined;
        for (const { digest } of instances ?? []) if (digest) this.#listed.add(digest);
      }
    }
    return this.#listed;
  }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function isList(image: LocalImage): boolean {
  try {
    return image.isManifestList;
  } catch {
    return false;
  }
}

function documentOf(image: LocalImage): OciImage | undefined {
  try {
    return image.image();
  } catch {
    return undefined;
  }
}

function isChild(parentImage: LocalImage, childImage: LocalImage): boolean {
  const parent = documentOf(parentImage);
  const child = documentOf(childImage);
  if (!parent || !child) return false;
  const parentLayers = parent.rootfs?.diff_ids ?? [];
  const childLayers = child.rootfs?.diff_ids ?? [];
  if (parentLayers.some((diffId, index) => childLayers[index] !== diffId)) return false;
  const before = parent.history ?? [];
  const after = child.history ?? [];
  return before.length + 1 === after.length && before.every((entry, index) => sameEntry(entry, after[index]!));
}

/** Times are compared as instants: the same one may be written with another zone or precision. */
function sameEntry(a: OciHistory, b: OciHistory): boolean {
  return (
    (a.created === undefined) === (b.created === undefined) &&
    instantOf(a.created) === instantOf(b.created) &&
    (a.created_by ?? '') === (b.created_by ?? '') &&
    (a.author ?? '') === (b.author ?? '') &&
    (a.comment ?? '') === (b.comment ?? '') &&
    (a.empty_layer ?? false) === (b.empty_layer ?? false)
  );
}

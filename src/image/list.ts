import type { EngineContext } from './engine-context.ts';
import { compileFilters } from './image-filters.ts';
import { LayerTree } from './layer-tree.ts';
import { LocalImage } from './local-image.ts';

export interface ListOptions {
  /** `key=value`, `key!=value` as podman's --filter. */
  filters?: string[];
  /** Intermediate images too; default false hides them, as `podman images` does. */
  all?: boolean;
}

/** Local images in the store's order. @throws SelkieError for an invalid filter */
export function listImages(engine: EngineContext, options: ListOptions = {}): LocalImage[] {
  const given = options.filters ?? [];
  const hide = options.all === false && !given.includes('intermediate=true');
  const filters = compileFilters(engine, hide ? [...given, 'intermediate=false'] : given);
  const images = engine.store.images.list().map((record) => new LocalImage(engine.store, record));
  let tree: LayerTree | undefined;
  const makeTree = (): LayerTree => (tree ??= LayerTree.of(engine.store, images));
  return filters.length === 0 ? images : images.filter((image) => filters.every((filter) => filter(image, makeTree)));
}

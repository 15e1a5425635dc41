import type { EngineContext } from './engine-context.ts';
import type { Filter } from './image-filters.ts';
import { LayerTree } from './layer-tree.ts';
import { LocalImage } from './local-image.ts';
import { ImageSummary } from './summary.ts';

export interface ListOptions {
  /** `key=value`, `key!=value` as podman's --filter. */
  filters?: string[];
  /** Intermediate images too; false hides them, as `podman images` does. Default true. */
  all?: boolean;
}

/** Local images in the store's order. @throws SelkieError for an invalid filter */
export function listImages(engine: EngineContext, options: ListOptions = {}): LocalImage[] {
  return select(engine, options).images;
}

/** The same, ready to be shown. */
export function summarizeImages(engine: EngineContext, options: ListOptions = {}): ImageSummary[] {
  const { images, tree } = select(engine, options);
  for (const image of images) image.checkItems();
  let counts: Map<string, number> | undefined;
  const containers = (): Map<string, number> => {
    counts ??= countContainers(engine);
    return counts;
  };
  return images.map((image) => new ImageSummary(image, tree, containers));
}

function select(engine: EngineContext, options: ListOptions): { images: LocalImage[]; tree: () => LayerTree } {
  const given = options.filters ?? [];
  const hide = options.all === false && !given.includes('intermediate=true');
  const filters = given.length === 0 ? [] : compile(engine, given);
  if (hide) filters.push((image, tree) => image.names.length > 0 || !tree().isIntermediate(image));
  const images = engine.store.images.list().map((record) => new LocalImage(engine.store, record));
  let made: LayerTree | undefined;
  const tree = (): LayerTree => {
    made ??= LayerTree.of(engine.store, images);
    return made;
  };
  if (filters.length === 0) return { images, tree };
  return { images: images.filter((image) => filters.every((filter) => filter(image, tree))), tree };
}

function compile(engine: EngineContext, given: string[]): Filter[] {
  const { compileFilters } = require('./image-filters.ts') as typeof import('./image-filters.ts');
  return compileFilters(engine, given);
}

function countContainers(engine: EngineContext): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { image } of engine.store.containers.list()) counts.set(image, (counts.get(image) ?? 0) + 1);
  return counts;
}

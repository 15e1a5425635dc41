import type { EngineContext } from './engine-context.ts';
import { listImages } from './list.ts';
import { LocalImage } from './local-image.ts';
import { lookupImage } from './lookup.ts';

export interface ImageMount {
  readonly image: LocalImage;
  readonly path: string;
}

/** Mounts images read-only and counts it; an image that is mounted already is mounted once more. @throws ImageNotKnown */
export function mountImages(engine: EngineContext, names: string[], all: boolean): ImageMount[] {
  const images = all ? listImages(engine, { filters: ['readonly=false'] }) : names.map((name) => lookupImage(engine.store, name).image);
  return images.map((image) => {
    const path = engine.store.mountImage(image.id);
    engine.emit('mount', image.id, '');
    return { image, path };
  });
}

/** Images that are mounted now. */
export function mountedImages(engine: EngineContext): ImageMount[] {
  return engine.store.images.list().flatMap((record) => {
    const image = new LocalImage(engine.store, record);
    const path = mountPoint(image);
    return path === undefined ? [] : [{ image, path }];
  });
}

export function mountPoint(image: LocalImage): string | undefined {
  const { driver, graphRoot, imageStore } = image.store.options;
  for (const layer of [image.topLayer, ...image.record.mappedLayers]) {
    if (layer === undefined || image.store.mountCount(layer) === 0) continue;
    const home = `${imageStore || graphRoot}/${driver}`;
    return driver === 'vfs' ? `${home}/dir/${layer}` : `${home}/${layer}/merged`;
  }
  return undefined;
}

/** Takes one mount back, with `force` all of them. Images that are not mounted are left out of the answer. */
export function unmountImages(engine: EngineContext, names: string[], all: boolean, force: boolean): { id: string; error?: Error }[] {
  const images = all ? listImages(engine, { filters: ['readonly=false'] }) : names.map((name) => lookupImage(engine.store, name).image);
  return images
    .filter((image) => mountPoint(image) !== undefined)
    .map((image) => {
      engine.emit('unmount', image.id, '');
      try {
        engine.store.unmountImage(image.id, force);
        return { id: image.id };
      } catch (error) {
        return { id: image.id, error: error as Error };
      }
    });
}

import type { VolumeStore } from '../volume/volume-store.ts';
import type { ContainerEngine } from './engine.ts';

const stores = new WeakMap<ContainerEngine, VolumeStore>();

/** The named volumes of an engine. */
export function volumesOf(engine: ContainerEngine): VolumeStore {
  let store = stores.get(engine);
  if (!store) {
    const { VolumeStore } = require('../volume/volume-store.ts') as typeof import('../volume/volume-store.ts');
    store = new VolumeStore(engine.state, engine.paths.volumePath, engine.paths.volatileDir, {
      mountImage: (name) => engine.store.mountImage(engine.images.lookup(name).id),
      unmountImage: (name) => engine.store.unmountImage(engine.images.lookup(name).id),
    });
    stores.set(engine, store);
  }
  return store;
}

/** Full IDs of the containers that use a volume. */
export function volumeUsers(engine: ContainerEngine, name: string): string[] {
  return engine.state
    .list()
    .filter(({ config }) => config.namedVolumes.some((volume) => volume.name === name))
    .map(({ id }) => id);
}

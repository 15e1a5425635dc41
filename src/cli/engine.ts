import type { ArtifactStore } from '../artifact/artifact-store.ts';
import type { GlobalOptions } from '../config/globals.ts';
import type { StoreOptions } from '../config/storage-conf.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { NetworkStore } from '../network/network-store.ts';
import type { Store } from '../storage/store.ts';

/*
 * Each opener loads its library when it is called: a command pays only for what it opens. `require` rather than `import()`, so that
 * a command can say `using images = openImages(this.globals)`.
 */

/** The store alone. Dispose of it. */
export function openStore(globals: GlobalOptions): Store {
  const { Store } = require('../storage/store.ts') as typeof import('../storage/store.ts');
  return Store.open(storeOptions(globals));
}

/** Images of the store; podman's write events of what happens to them, buildah's and skopeo's do not. Dispose of it. */
export function openImages(globals: GlobalOptions): ImageEngine {
  const { ImageEngine } = require('../image/image-engine.ts') as typeof import('../image/image-engine.ts');
  const store = openStore(globals);
  if (globals.programName === 'buildah' || globals.programName === 'skopeo') return new ImageEngine(store);
  return new ImageEngine(store, {
    onEvent: (event) => {
      using containers = openContainers(globals);
      containers.events.writeImageEvent(event);
    },
  });
}

/** Artifacts of the store. Dispose of it. */
export function openArtifacts(globals: GlobalOptions): ArtifactStore {
  const { ArtifactStore } = require('../artifact/artifact-store.ts') as typeof import('../artifact/artifact-store.ts');
  return ArtifactStore.open(storeOptions(globals).graphRoot);
}

/** Containers, and through them images and store. Dispose of it. */
export function openContainers(globals: GlobalOptions): ContainerEngine {
  const { ContainerEngine } = require('../container/engine.ts') as typeof import('../container/engine.ts');
  const engine = ContainerEngine.open(globals);
  if (globals.runtime) (require('../container/runtime.ts') as typeof import('../container/runtime.ts')).resolveRuntime(engine);
  engine.pods = () => (require('../pod/hooks.ts') as typeof import('../pod/hooks.ts')).podHooks;
  return engine;
}

/** Where the store of these globals is, without opening it. */
export function storeOptions(globals: GlobalOptions): StoreOptions {
  const { resolveStoreOptions } = require('../config/storage-conf.ts') as typeof import('../config/storage-conf.ts');
  return resolveStoreOptions({
    root: globals.root,
    runroot: globals.runroot,
    imagestore: globals.imagestore,
    storageDriver: globals.storageDriver,
    storageOpts: globals.storageOpt && [...globals.storageOpt],
    transientStore: globals.transientStore,
  });
}

/** The networks of these globals. */
export function openNetworkStore(globals: GlobalOptions): NetworkStore {
  const { loadContainersConf, useConfigModules } = require('../config/containers-conf.ts') as typeof import('../config/containers-conf.ts');
  const { NetworkStore } = require('../network/network-store.ts') as typeof import('../network/network-store.ts');
  const { networkPaths } = require('../network/paths.ts') as typeof import('../network/paths.ts');
  if (globals.module?.length) useConfigModules(globals.module);
  const conf = loadContainersConf();
  return new NetworkStore(networkPaths(storeOptions(globals), conf, globals.networkConfigDir), conf);
}

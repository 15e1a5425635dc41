import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { type UnpackSource, unpackLayer } from '../archive/unpack.ts';
import { spreadSubdirectories, syncFileSystem } from '../os/files.ts';
import { layerChainId, randomLinkId } from './ids.ts';
import type { LayerContent, NewLayer, UnpackedLayer } from './layers.ts';
import type { Store } from './store.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

export { layerChainId };

export interface UnpackProgress {
  signal?: AbortSignal;
  /** Bytes passed on since the last call. */
  onBytes?: (count: number) => void;
  /** Bytes of the source that are unpacked. */
  onUnpacked?: (done: number) => void;
}

export interface StagedLayer extends AsyncDisposable {
  /** What was unpacked; undefined before. */
  readonly content: LayerContent | undefined;
  /** Unpacks a layer's tar, compressed or not, in a process of its own that has this layer's directory for its root. */
  unpack(source: UnpackSource, options?: UnpackProgress): Promise<LayerContent>;
  /** Says that what was unpacked had been fetched in parts, by this table of contents. */
  fetchedBy(table: NonNullable<UnpackedLayer['table']>): void;
  /** Brings what was unpacked to disk; `publish` does so, too, but then under whatever locks its caller holds. */
  flush(): void;
  /** Makes the layer visible under an id, upon a parent that is there. Repeatable; what was unpacked is dropped when the id is there already. */
  publish(id: string, parent?: string): void;
}

/** Counts what was unpacked, to tell what a flush has covered: of the layers of one image that are published together, the first flushes for all. */
let unpacked = 0;
let flushed = 0;

/**
 * Begins a layer that nobody sees until it is published. Several may be unpacked at once, before their parents are there. Dispose
 * removes what was not published; so does the next load of the store if the process dies.
 */
export async function stageLayer(
  store: Store,
  options: { parent?: string; idMappings?: NewLayer['idMappings'] } = {},
): Promise<StagedLayer> {
  const { layers } = store;
  const trees = TemporaryDirectory.create(layers.driver.temporaryRoot(true));
  const files = TemporaryDirectory.create(layers.temporaryRoot);
  spreadSubdirectories(trees.path);
  // Which part of the disk it is goes by the name.
  const target = trees.additionPath(`addition-${randomLinkId()}`);
  const tarSplitPath = files.additionPath();
  mkdirSync(target, { mode: 0o700 });
  let content: LayerContent | undefined;
  let table: UnpackedLayer['table'];
  let turn = 0;
  /** For all that was unpacked until now, of this layer and of others. */
  const flush = (): void => {
    if (turn <= flushed) return;
    syncFileSystem(target);
    flushed = unpacked;
  };
  return {
    get content() {
      return content;
    },
    async unpack(source, { signal, onBytes, onUnpacked } = {}) {
      content = await unpackLayer({
        source,
        target,
        tarSplitPath,
        whiteouts: layers.driver.whiteouts,
        xattrPrefix: layers.driver.xattrPrefix,
        idMappings: options.idMappings,
        ignoreChownErrors: store.options.driverOptions['ignore_chown_errors'] === 'true',
        forceMask: layers.driver.forcedMask,
        signal,
        onProgress: onBytes,
        onUnpacked,
      });
      turn = ++unpacked;
      return content;
    },
    fetchedBy(found) {
      table = found;
    },
    flush,
    publish(id, parent = options.parent) {
      if (!content) throw new Error('a layer was published before it was unpacked');
      const attributes = layers.driver.rootAttributes(parent, options.idMappings);
      chownSync(target, attributes.uid, attributes.gid);
      chmodSync(target, attributes.mode);
      flush();
      layers.install({
        id,
        parent,
        content,
        staged: target,
        tarSplit: tarSplitPath,
        idMappings: options.idMappings,
        ...(table ? { table } : {}),
      });
    },
    async [Symbol.asyncDispose]() {
      trees[Symbol.dispose]();
      files[Symbol.dispose]();
    },
  };
}

/** Makes a layer of a tar, upon a parent or nothing, unless the store has it already. @returns its id, that of the chain */
export async function storeLayer(store: Store, source: UnpackSource, parent?: string): Promise<string> {
  await using staged = await stageLayer(store, { parent });
  const { diffId } = await staged.unpack(source);
  const id = layerChainId(parent, diffId);
  if (store.layers.get(id) === undefined) staged.publish(id);
  return id;
}

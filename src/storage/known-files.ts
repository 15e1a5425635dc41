import { closeSync, openSync } from 'node:fs';
import { encodeName, rootedName } from '../archive/byte-names.ts';
import type { Toc } from '../archive/zstd-chunked/format.ts';
import type { KnownFiles } from '../archive/zstd-chunked/reader.ts';
import type { ChunkedFile } from '../archive/zstd-chunked/table.ts';
import { debug } from '../diagnostics.ts';
import { closeEntry, O_DIRECTORY, O_NONBLOCK, openBelow, S_IFMT, S_IFREG, statFile } from '../os/raw-entries.ts';
import { tableKey } from './layers.ts';
import type { Store } from './store.ts';

/** Files of the store's layers that their tables say are what is wanted. Whoever reads one checks its content. */
export class LayerFiles implements KnownFiles {
  readonly #places = new Map<string, { layer: string; name: string }>();
  readonly #roots = new Map<string, number>();
  readonly #store: Store;

  /** Looks through the tables one after the other, the newest layer's first, until all is found. */
  constructor(store: Store, wanted: Iterable<ChunkedFile>) {
    this.#store = store;
    const digests = new Set([...wanted].map(({ digest }) => digest));
    const layers = store.layers.list().filter((layer) => layer.tocDigest !== undefined && !layer.readOnly);
    for (const { id } of layers.reverse()) {
      if (digests.size === 0) break;
      this.#look(id, digests);
    }
  }

  has({ digest }: ChunkedFile): boolean {
    return this.#places.has(digest);
  }

  open({ digest, size }: ChunkedFile): number | undefined {
    const place = this.#places.get(digest);
    const root = place && this.#root(place.layer);
    if (root === undefined) return undefined;
    const fd = openBelow(root, rootedName(encodeName(place!.name)), O_NONBLOCK);
    if (fd < 0) return undefined;
    const found = statFile(fd);
    if ((found.mode & S_IFMT) === S_IFREG && found.size === size) return fd;
    closeEntry(fd);
    return undefined;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#roots.values()) closeSync(fd);
    this.#roots.clear();
  }

  #look(layer: string, digests: Set<string>): void {
    try {
      const { entries } = JSON.parse(new TextDecoder().decode(this.#store.layers.bigData(layer, tableKey))) as Toc;
      for (const { type, name, digest } of entries)
        if (type === 'reg' && digest !== undefined && digests.delete(digest)) this.#places.set(digest, { layer, name });
    } catch (error) {
      debug(`The table of contents of layer ${layer} is of no use: ${(error as Error).message}`);
    }
  }

  #root(layer: string): number | undefined {
    const known = this.#roots.get(layer);
    if (known !== undefined) return known;
    try {
      const root = openSync(this.#store.layers.driver.diffPath(layer), O_DIRECTORY);
      this.#roots.set(layer, root);
      return root;
    } catch {
      return undefined;
    }
  }
}

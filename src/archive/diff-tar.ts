import { isOpaque, LowerLayers, type OverlayPrefix } from './lower-layers.ts';
import { TarChunks } from './tar-chunks.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import { tarEnd } from './tar-writer.ts';
import type { IdMap } from './unpack.ts';
import { containerOwner, entryOf, HardLinks, isWhiteout, type TreeFile, walkTree, writeEntry } from './walk-tree.ts';

export { type Change, listChanges } from './layer-changes.ts';

export interface DiffRequest {
  /** The layer's own files, with overlay's marks of deletion. */
  upper: string;
  /** The directories below, nearest first. */
  lowers: readonly string[];
  xattrPrefix: OverlayPrefix;
  idMappings?: { uids: IdMap[]; gids: IdMap[] };
}

/** A layer's files as the tar that containers/storage would make of them now. Format: storage.md 4.3. */
export async function* diffTar({ upper, lowers, xattrPrefix, idMappings }: DiffRequest): AsyncGenerator<Uint8Array> {
  const chunks = new TarChunks();
  const links = new HardLinks();
  const below = new LowerLayers(lowers, xattrPrefix);
  for (const file of walkTree(upper)) {
    const entry = entryOf(file);
    if (entry === undefined) continue;
    if (isWhiteout(file.stat)) {
      yield* writeEntry(chunks, whiteoutEntry(entry, file), file.path);
      continue;
    }
    if (idMappings) Object.assign(entry, containerOwner(entry, idMappings));
    links.apply(entry, file);
    yield* writeEntry(chunks, entry, file.path);
    const hides = entry.type === EntryType.directory && isOpaque(file.path, xattrPrefix) && below.find(file.name) !== undefined;
    if (hides) yield* writeEntry(chunks, opaqueEntry(entry), file.path);
  }
  yield* chunks.put(tarEnd());
  yield* chunks.rest();
}

function whiteoutEntry(entry: TarEntry, { name }: TreeFile): TarEntry {
  const slash = name.lastIndexOf('/');
  const marked = `${name.slice(0, slash + 1)}.wh.${name.slice(slash + 1)}`;
  return { ...entry, name: marked, type: EntryType.file, mode: 0, deviceMajor: 0, deviceMinor: 0 };
}

function opaqueEntry(directory: TarEntry): TarEntry {
  const name = `${directory.name}.wh..wh..opq`;
  const mtime = { seconds: 0, nanoseconds: 0 };
  return { ...directory, pax: undefined, name, type: EntryType.file, mode: directory.mode & 0o777, mtime };
}

import { statEntry } from '../os/raw-entries.ts';
import { TarChunks } from './tar-chunks.ts';
import { tarEnd } from './tar-writer.ts';
import type { IdMap } from './unpack.ts';
import { containerOwner, entryOf, HardLinks, type TreeFile, walkTree, writeEntry } from './walk-tree.ts';

export interface TreeTarOptions {
  /** Leaves a file, or a directory with all below it, out. */
  skip?: (file: TreeFile) => boolean;
  /** Is not written, but what is below it may be. */
  leaveOut?: (file: TreeFile) => boolean;
  /** Begins with the directory itself, under the name `./`. */
  withRoot?: boolean;
  /** Put before every name, e.g. `data/`. */
  prefix?: string;
  owner?: { uid: number; gid: number };
  /** Owners are given as the container with these maps knows them. */
  idMappings?: { uids: IdMap[]; gids: IdMap[] };
  /** Another name for an entry; links follow. */
  rename?: (name: string) => string;
}

/** A directory's content as a tar, in bytewise order, links as links: nothing outside of it is read. */
export async function* tarTree(
  root: string,
  { skip, leaveOut, withRoot, prefix = '', owner, idMappings, rename }: TreeTarOptions = {},
): AsyncGenerator<Uint8Array> {
  const chunks = new TarChunks();
  const links = new HardLinks();
  if (withRoot) {
    const path = Buffer.from(root).toString('latin1');
    const stat = statEntry(path);
    const entry = stat && entryOf({ name: '.', path, stat });
    if (entry) yield* writeEntry(chunks, entry, path);
  }
  for (const file of walkTree(root, skip)) {
    if (leaveOut?.(file)) continue;
    const entry = entryOf(file);
    if (entry === undefined) continue;
    entry.name = prefix + (rename === undefined ? entry.name : rename(entry.name));
    if (idMappings !== undefined) Object.assign(entry, containerOwner(entry, idMappings));
    if (owner !== undefined) Object.assign(entry, owner);
    links.apply(entry, file);
    yield* writeEntry(chunks, entry, file.path);
  }
  yield* chunks.put(tarEnd());
  yield* chunks.rest();
}

import { EntryType } from './tar-entry.ts';
import { tarEnd } from './tar-writer.ts';
import { encodeWithContent, entryOf, joined, type TreeFile, walkTree } from './walk-tree.ts';

export interface TreeTarOptions {
  /** Leaves a file, or a directory with all below it, out. */
  skip?: (file: TreeFile) => boolean;
  /** Put before every name, e.g. `data/`. */
  prefix?: string;
  owner?: { uid: number; gid: number };
}

/** A directory's content as a tar, in bytewise order, links as links: nothing outside of it is read. */
export async function* tarTree(root: string, options: TreeTarOptions = {}): AsyncGenerator<Uint8Array> {
  yield* joined(pieces(root, options));
}

function* pieces(root: string, { skip, prefix = '', owner }: TreeTarOptions): Generator<Buffer> {
  const firstNames = new Map<string, string>();
  for (const file of walkTree(root, skip)) {
    const entry = entryOf(file);
    if (!entry) continue;
    entry.name = prefix + entry.name;
    if (owner) Object.assign(entry, owner);
    if (entry.type !== EntryType.directory && file.stat.nlink > 1n) {
      const key = `${file.stat.dev}:${file.stat.ino}`;
      const first = firstNames.get(key);
      if (first === undefined) firstNames.set(key, entry.name);
      else Object.assign(entry, { type: EntryType.hardLink, linkName: first, size: 0 });
    }
    yield* encodeWithContent(entry, file.path);
  }
  yield tarEnd();
}

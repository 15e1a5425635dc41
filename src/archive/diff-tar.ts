import { lstatSync } from 'node:fs';
import { getXattr } from '../os/xattr.ts';
import { parentName } from './byte-names.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import { tarEnd } from './tar-writer.ts';
import type { IdMap } from './unpack.ts';
import { encodeWithContent, entryOf, joined, type TreeFile, walkTree } from './walk-tree.ts';

export interface DiffRequest {
  /** The layer's own files, with overlay's marks of deletion. */
  upper: string;
  /** The directories below, nearest first. */
  lowers: readonly string[];
  xattrPrefix: 'trusted.overlay.' | 'user.overlay.';
  idMappings?: { uids: IdMap[]; gids: IdMap[] };
}

export interface Change {
  /** Absolute. */
  path: string;
  /** Added, changed, deleted. */
  kind: 'A' | 'C' | 'D';
}

/** A layer's files as the tar that containers/storage would make of them now. Format: storage.md 4.3. */
export async function* diffTar(request: DiffRequest): AsyncGenerator<Uint8Array> {
  yield* joined(pieces(request));
}

function* pieces(request: DiffRequest): Generator<Buffer> {
  const firstNames = new Map<string, string>();
  for (const file of walkTree(request.upper)) {
    if (isWhiteout(file)) {
      yield* encodeWithContent(whiteoutEntry(file), file.path);
      continue;
    }
    const entry = entryOf(file);
    if (!entry) continue;
    mapOwner(entry, request);
    linkToFirst(entry, file, firstNames);
    yield* encodeWithContent(entry, file.path);
    if (entry.type === EntryType.directory && hidesLower(file, request)) yield* encodeWithContent(opaqueEntry(entry), file.path);
  }
  yield tarEnd();
}

/** What a layer adds, changes and deletes, in the order of a walk. */
export function listChanges(upper: string, lowers: readonly string[], xattrPrefix: DiffRequest['xattrPrefix']): Change[] {
  const changes: Change[] = [];
  const request = { upper, lowers, xattrPrefix };
  for (const file of walkTree(upper)) {
    const path = `/${Buffer.from(file.name, 'latin1').toString('utf8')}`;
    if (isWhiteout(file)) changes.push({ path, kind: 'D' });
    else changes.push({ path, kind: existsBelow(file.name, request) ? 'C' : 'A' });
  }
  return changes;
}

const isWhiteout = ({ stat }: TreeFile): boolean => stat.isCharacterDevice() && stat.rdev === 0n;

function whiteoutEntry(file: TreeFile): TarEntry {
  const slash = file.name.lastIndexOf('/');
  const name = `${file.name.slice(0, slash + 1)}.wh.${file.name.slice(slash + 1)}`;
  return { ...entryOf(file)!, name, type: EntryType.file, size: 0, mode: 0, deviceMajor: 0, deviceMinor: 0 };
}

function opaqueEntry(directory: TarEntry): TarEntry {
  const { pax: _attributes, ...entry } = directory;
  return {
    ...entry,
    name: `${directory.name}.wh..wh..opq`,
    type: EntryType.file,
    mode: directory.mode & 0o777,
    mtime: { seconds: 0, nanoseconds: 0 },
  };
}

/** Whether the directory hides one of a lower layer: an opaque one that hides nothing needs no mark. */
function hidesLower(file: TreeFile, request: DiffRequest): boolean {
  const mark = getXattr(file.path.toString('utf8'), `${request.xattrPrefix}opaque`);
  return mark !== undefined && Buffer.from(mark).toString() === 'y' && existsBelow(file.name, request);
}

/** Whether a path is visible in the layers below. */
function existsBelow(name: string, { lowers }: DiffRequest): boolean {
  for (const lower of lowers) {
    const stat = lstatIn(lower, name);
    if (stat) return !(stat.isCharacterDevice() && stat.rdev === 0n);
    if (isHiddenIn(lower, name)) return false;
  }
  return false;
}

/** A parent that is deleted here hides what lies further down. */
function isHiddenIn(lower: string, name: string): boolean {
  for (let parent = parentName(`/${name}`); parent !== '/'; parent = parentName(parent)) {
    const stat = lstatIn(lower, parent.slice(1));
    if (stat) return !stat.isDirectory();
  }
  return false;
}

function lstatIn(directory: string, name: string) {
  const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]);
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function linkToFirst(entry: TarEntry, file: TreeFile, firstNames: Map<string, string>): void {
  if (entry.type === EntryType.directory || file.stat.nlink <= 1n) return;
  const key = `${file.stat.dev}:${file.stat.ino}`;
  const first = firstNames.get(key);
  if (first === undefined) {
    firstNames.set(key, file.name);
    return;
  }
  entry.type = EntryType.hardLink;
  entry.linkName = first;
  entry.size = 0;
}

function mapOwner(entry: TarEntry, { idMappings }: DiffRequest): void {
  entry.uid = toContainer(entry.uid, idMappings?.uids);
  entry.gid = toContainer(entry.gid, idMappings?.gids);
}

function toContainer(id: number, maps: IdMap[] | undefined): number {
  const map = maps?.find(({ hostId, size }) => id >= hostId && id < hostId + size);
  return map ? map.containerId + id - map.hostId : id;
}

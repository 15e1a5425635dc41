import { debug } from '../diagnostics.ts';
import {
  demand,
  type EntryStat,
  getAttribute,
  listAttributes,
  O_NOFOLLOW,
  O_NONBLOCK,
  openEntry,
  readDirectory,
  readSymlink,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  statEntry,
} from '../os/raw-entries.ts';
import { displayName } from './byte-names.ts';
import { XATTR_RECORD } from './pax.ts';
import type { TarChunks } from './tar-chunks.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import { encodeTarEntry } from './tar-writer.ts';
import type { IdMap } from './unpack.ts';

/** A file of a tree. Names are byte strings. */
export interface TreeFile {
  /** Relative to the tree's root. */
  name: string;
  /** With the root's own path. */
  path: string;
  stat: EntryStat;
}

export const isDirectory = ({ mode }: EntryStat): boolean => (mode & S_IFMT) === S_IFDIR;

/** Overlay's mark of a file that is deleted. */
export const isWhiteout = ({ mode, major, minor }: EntryStat): boolean => (mode & S_IFMT) === S_IFCHR && major === 0 && minor === 0;

/** What is below a directory, parents first, in bytewise order; links are not followed. */
export function* walkTree(root: string, skip?: (file: TreeFile) => boolean): Generator<TreeFile> {
  yield* walk(Buffer.from(root).toString('latin1'), '', skip);
}

function* walk(directory: string, prefix: string, skip: ((file: TreeFile) => boolean) | undefined): Generator<TreeFile> {
  for (const child of readDirectory(directory)) {
    const path = `${directory}/${child}`;
    const stat = statEntry(path);
    if (stat === undefined) continue;
    const file = { name: prefix === '' ? child : `${prefix}/${child}`, path, stat };
    if (skip?.(file)) continue;
    yield file;
    if (isDirectory(stat)) yield* walk(path, file.name, skip);
  }
}

const types: Record<number, string | undefined> = {
  [S_IFREG]: EntryType.file,
  [S_IFDIR]: EntryType.directory,
  [S_IFLNK]: EntryType.symbolicLink,
  [S_IFIFO]: EntryType.fifo,
  [S_IFCHR]: EntryType.character,
  [S_IFBLK]: EntryType.block,
};

/** What an archive says of a file of a tree. Sockets have no entry. Hard links are the caller's to find. */
export function entryOf({ name, path, stat }: TreeFile): TarEntry | undefined {
  const type = types[stat.mode & S_IFMT];
  if (type === undefined) return undefined;
  const isDevice = type === EntryType.character || type === EntryType.block;
  const entry: TarEntry = {
    name: type === EntryType.directory ? `${name}/` : name,
    linkName: type === EntryType.symbolicLink ? readSymlink(path) : '',
    type,
    size: type === EntryType.file ? stat.size : 0,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    userName: '',
    groupName: '',
    mtime: { seconds: stat.mtimeSeconds, nanoseconds: 0 },
    deviceMajor: isDevice ? stat.major : 0,
    deviceMinor: isDevice ? stat.minor : 0,
  };
  if (type === EntryType.file || type === EntryType.directory) entry.pax = exportedAttributes(path);
  return entry;
}

/** Capabilities, IMA and the user's own attributes travel; overlay's bookkeeping does not. */
function exportedAttributes(path: string): Map<string, string> | undefined {
  let found: Map<string, string> | undefined;
  for (const name of listAttributes(path)) {
    const isUsers = name.startsWith('user.') && !name.startsWith('user.overlay.');
    if (!isUsers && name !== 'security.capability' && name !== 'security.ima') continue;
    const value = getAttribute(path, name);
    if (value === undefined) continue;
    found ??= new Map();
    found.set(XATTR_RECORD + name, value);
  }
  return found;
}

/** Remembers files with several names, and makes entries of the later ones links to the first. */
export class HardLinks {
  readonly #firstNames = new Map<string, string>();

  /** Turns the entry into a link if its file is there by another name already. */
  apply(entry: TarEntry, { stat }: TreeFile): void {
    if (stat.links <= 1 || entry.type === EntryType.directory) return;
    const key = `${stat.device}:${stat.inode}`;
    const first = this.#firstNames.get(key);
    if (first === undefined) this.#firstNames.set(key, entry.name);
    else Object.assign(entry, { type: EntryType.hardLink, linkName: first, size: 0 });
  }
}

/** An entry with its content, as long as its header says, whatever happens to the file meanwhile. What cannot be read is left out. */
export function* writeEntry(chunks: TarChunks, entry: TarEntry, path: string): Generator<Uint8Array> {
  if (entry.type !== EntryType.file || entry.size === 0) return yield* chunks.put(encodeTarEntry(entry));
  const fd = openEntry(path, O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return skipUnreadable(fd, path);
  yield* chunks.put(encodeTarEntry(entry));
  yield* chunks.zeros(yield* chunks.file(fd, entry.size));
  yield* chunks.padding(entry.size);
}

/** As the field's tools do: a file that goes away meanwhile is no reason to lose the others. */
function skipUnreadable(code: number, path: string): void {
  try {
    demand(code, 'open', path);
  } catch (error) {
    debug(`Can't add file ${displayName(path)} to tar: ${(error as Error).message}`);
  }
}

/** An owner of the host as the container with these maps knows it; one that is not mapped stays. */
export function containerOwner(
  { uid, gid }: { uid: number; gid: number },
  maps: { uids: readonly IdMap[]; gids: readonly IdMap[] },
): { uid: number; gid: number } {
  return { uid: inContainer(uid, maps.uids), gid: inContainer(gid, maps.gids) };
}

function inContainer(id: number, maps: readonly IdMap[]): number {
  const map = maps.find(({ hostId, size }) => id >= hostId && id < hostId + size);
  return map === undefined ? id : map.containerId + id - map.hostId;
}

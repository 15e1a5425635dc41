import { type BigIntStats, closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { deviceMajor, deviceMinor } from '../os/files.ts';
import { getXattr, listXattrs } from '../os/xattr.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import { paddingOf } from './tar-header.ts';
import { encodeTarEntry } from './tar-writer.ts';

/** A file of a tree, `name` a byte string relative to the tree's root. */
export interface TreeFile {
  name: string;
  path: Buffer;
  stat: BigIntStats;
}

/** What is below a directory, parents first, in bytewise order; links are not followed. */
export function* walkTree(root: string, skip?: (file: TreeFile) => boolean): Generator<TreeFile> {
  yield* walk(Buffer.from(root), '', skip);
}

function* walk(directory: Buffer, prefix: string, skip: ((file: TreeFile) => boolean) | undefined): Generator<TreeFile> {
  const names = readdirSync(directory, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
  for (const child of names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const path = Buffer.concat([directory, Buffer.from(`/${child}`, 'latin1')]);
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) continue;
    const file = { name: prefix === '' ? child : `${prefix}/${child}`, path, stat };
    if (skip?.(file)) continue;
    yield file;
    if (stat.isDirectory()) yield* walk(path, file.name, skip);
  }
}

/** What an archive says of a file of a tree. Sockets have no entry. Hard links are the caller's to find. */
export function entryOf({ name, path, stat }: TreeFile): TarEntry | undefined {
  const type = typeOf(stat);
  if (type === undefined) return undefined;
  const entry: TarEntry = {
    name: type === EntryType.directory ? `${name}/` : name,
    linkName: type === EntryType.symbolicLink ? readlinkSync(path, { encoding: 'buffer' }).toString('latin1') : '',
    type,
    size: type === EntryType.file ? Number(stat.size) : 0,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    userName: '',
    groupName: '',
    mtime: { seconds: Math.floor(Number(stat.mtimeNs / 1_000_000_000n)), nanoseconds: 0 },
    deviceMajor: type === EntryType.character || type === EntryType.block ? deviceMajor(stat.rdev) : 0,
    deviceMinor: type === EntryType.character || type === EntryType.block ? deviceMinor(stat.rdev) : 0,
  };
  const pax = exportedXattrs(path, type);
  if (pax) entry.pax = pax;
  return entry;
}

function typeOf(stat: BigIntStats): string | undefined {
  if (stat.isFile()) return EntryType.file;
  if (stat.isDirectory()) return EntryType.directory;
  if (stat.isSymbolicLink()) return EntryType.symbolicLink;
  if (stat.isFIFO()) return EntryType.fifo;
  if (stat.isCharacterDevice()) return EntryType.character;
  return stat.isBlockDevice() ? EntryType.block : undefined;
}

/** Capabilities, IMA and the user's own attributes travel; overlay's bookkeeping does not. */
function exportedXattrs(path: Buffer, type: string): Map<string, string> | undefined {
  if (type !== EntryType.file && type !== EntryType.directory) return undefined;
  const text = path.toString('utf8');
  let found: Map<string, string> | undefined;
  for (const name of listXattrs(text)) {
    const travels =
      name === 'security.capability' || name === 'security.ima' || (name.startsWith('user.') && !name.startsWith('user.overlay.'));
    const value = travels ? getXattr(text, name) : undefined;
    if (!value) continue;
    found ??= new Map();
    found.set(`SCHILY.xattr.${name}`, Buffer.from(value).toString('latin1'));
  }
  return found;
}

const CHUNK = 1 << 18;

/** An entry with its content and padding. The file is read as long as its header says, whatever happens to it meanwhile. */
export function* encodeWithContent(entry: TarEntry, path: Buffer): Generator<Buffer> {
  yield encodeTarEntry(entry);
  if (entry.size === 0) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (let left = entry.size; left > 0; ) {
      const buffer = Buffer.alloc(Math.min(left, CHUNK));
      const count = readSync(fd, buffer, 0, buffer.length, null);
      // A file that has become shorter is filled up, so that the archive stays whole.
      const piece = count === 0 ? buffer : buffer.subarray(0, count);
      left -= piece.length;
      yield piece;
    }
  } finally {
    closeSync(fd);
  }
  yield Buffer.alloc(paddingOf(entry.size));
}

/** Joins small pieces, so that each step downstream has something to do. */
export function* joined(pieces: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}

import { cleanName, displayName } from '../archive/byte-names.ts';
import { EntryType, isFileType, type TarEntry } from '../archive/tar-entry.ts';
import {
  type EntryStat,
  readDirectory,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  statEntry,
} from '../os/raw-entries.ts';

/** What a layer's tar says of a file, or what the disk does; times in whole seconds, the least that every tar keeps. */
export interface FileFacts {
  type: string;
  uid: number;
  gid: number;
  size: number;
  mode: number;
  mtime: number;
}

/** A directory with all below it; names are byte strings. */
export interface FileNode extends FileFacts {
  children?: Map<string, FileNode>;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

export const emptyTree = (): FileNode => ({
  type: EntryType.directory,
  uid: 0,
  gid: 0,
  size: 0,
  mode: 0o555,
  mtime: 0,
  children: new Map(),
});

/** The tree that results when a layer with these entries is laid upon another tree, which stays as it is. */
export function layUpon(below: FileNode, entries: readonly TarEntry[]): FileNode {
  const tree = structuredClone(below);
  for (const entry of inOrder(entries)) enter(tree, entry);
  return tree;
}

/** Deletions before content of the same directory, hard links after everything that they may name. */
function inOrder(entries: readonly TarEntry[]): TarEntry[] {
  const rank = ({ name, type }: TarEntry): number => {
    const base = cleanName(name).slice(cleanName(name).lastIndexOf('/') + 1);
    if (type === EntryType.hardLink) return 3;
    if (base === OPAQUE) return 0;
    return base.startsWith(WHITEOUT) ? 1 : 2;
  };
  return entries
    .map((entry, index) => ({ entry, index, rank: rank(entry) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ entry }) => entry);
}

function enter(tree: FileNode, entry: TarEntry): void {
  if (entry.type === EntryType.globalPax) return;
  const parts = cleanName(entry.name)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const base = parts.at(-1);
  if (base === undefined) return;
  const directory = reach(tree, parts.slice(0, -1), entry);
  if (base === OPAQUE) directory.clear();
  else if (base.startsWith(WHITEOUT)) directory.delete(base.slice(WHITEOUT.length));
  else place(directory, base, entry.type === EntryType.hardLink ? targetOf(tree, entry) : factsOf(entry));
}

function place(directory: Map<string, FileNode>, name: string, facts: FileFacts): void {
  const there = directory.get(name);
  if (facts.type !== EntryType.directory) directory.set(name, facts);
  else directory.set(name, { ...facts, children: there?.children ?? new Map() });
}

function reach(tree: FileNode, parts: string[], entry: TarEntry): Map<string, FileNode> {
  let at = tree;
  for (const part of parts) {
    let next = at.children?.get(part);
    if (next?.children === undefined) {
      next = { ...factsOf(entry), type: EntryType.directory, size: 0, children: new Map() };
      at.children?.set(part, next);
    }
    at = next;
  }
  return at.children as Map<string, FileNode>;
}

function targetOf(tree: FileNode, entry: TarEntry): FileFacts {
  let at: FileNode | undefined = tree;
  for (const part of cleanName(entry.linkName).split('/')) if (part !== '' && part !== '.') at = at?.children?.get(part);
  return at ?? factsOf(entry);
}

function factsOf({ type, uid, gid, size, mode, mtime }: TarEntry): FileFacts {
  const isFile = isFileType(type);
  return { type: isFile ? EntryType.file : type, uid, gid, size: isFile ? size : 0, mode: mode & 0o777, mtime: mtime.seconds };
}

/** The tree on disk. @param root byte string */
export function scanTree(root: string): FileNode {
  const children = new Map<string, FileNode>();
  for (const name of readDirectory(root)) {
    const stat = statEntry(`${root}/${name}`);
    if (stat === undefined) continue;
    const facts = factsOnDisk(stat);
    children.set(name, facts.type === EntryType.directory ? { ...facts, children: scanTree(`${root}/${name}`).children } : facts);
  }
  return { ...emptyTree(), children };
}

const types: Record<number, string> = {
  [S_IFREG]: EntryType.file,
  [S_IFDIR]: EntryType.directory,
  [S_IFLNK]: EntryType.symbolicLink,
  [S_IFCHR]: EntryType.character,
  [S_IFBLK]: EntryType.block,
  [S_IFIFO]: EntryType.fifo,
};

function factsOnDisk(stat: EntryStat): FileFacts {
  const type = types[stat.mode & S_IFMT] ?? '';
  const size = type === EntryType.file ? stat.size : 0;
  return { type, uid: stat.uid, gid: stat.gid, size, mode: stat.mode & 0o777, mtime: stat.mtimeSeconds };
}

/** Which facts may differ, since the store's options change them. */
export interface Ignored {
  ownership: boolean;
  permissions: boolean;
  type: boolean;
}

/** One line for each difference, in the words of the real tool: `+/added`, `-/gone`, `/changed(size:1￫2)`. */
export function treeDifferences(expected: FileNode, actual: FileNode, ignored: Ignored, path = ''): string[] {
  const lines: string[] = [];
  const names = new Set([...(expected.children?.keys() ?? []), ...(actual.children?.keys() ?? [])]);
  for (const name of [...names].sort()) {
    const [was, is] = [expected.children?.get(name), actual.children?.get(name)];
    const at = `${path}/${displayName(name)}`;
    if (was === undefined || is === undefined) {
      lines.push(`${was === undefined ? '+' : '-'}${at}${(was ?? is)?.children === undefined ? '' : '/'}`);
    } else {
      const facts = factDifferences(was, is, ignored);
      if (facts !== '') lines.push(`${at}(${facts})`);
    }
    if (was?.children !== undefined || is?.children !== undefined) {
      lines.push(...treeDifferences(was?.children ? was : emptyTree(), is?.children ? is : emptyTree(), ignored, at));
    }
  }
  return lines;
}

function factDifferences(was: FileFacts, is: FileFacts, ignored: Ignored): string {
  const found: string[] = [];
  const compare = (name: string, before: string | number, after: string | number): void => {
    if (before !== after) found.push(`${name}:${before}￫${after}`);
  };
  if (!ignored.type) compare('filetype', was.type.charCodeAt(0), is.type.charCodeAt(0));
  if (!ignored.ownership) {
    compare('uid', was.uid, is.uid);
    compare('gid', was.gid, is.gid);
  }
  compare('size', was.size, is.size);
  // A symbolic link has no permissions of its own.
  if (!ignored.permissions && is.type !== EntryType.symbolicLink) compare('mode', octal(was.mode), octal(is.mode));
  compare('mtime', hex(was.mtime), hex(is.mtime));
  return found.join(',');
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
const hex = (seconds: number): string => `0x${seconds.toString(16)}`;

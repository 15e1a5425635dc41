import {
  demand,
  Errno,
  makeSpecial,
  readDirectory,
  removeTree,
  S_IFCHR,
  S_IFDIR,
  S_IFMT,
  setAttribute,
  statEntry,
} from '../os/raw-entries.ts';
import { baseName, displayName, parentName } from './byte-names.ts';
import type { EntryAttributes } from './entry-attributes.ts';
import { Breakout } from './errors.ts';
import type { TarEntry } from './tar-entry.ts';
import type { HelperOptions } from './unpack.ts';

export const WHITEOUT = '.wh.';
export const OPAQUE = '.wh..wh..opq';

/** Whether a layer's entry of this name deletes something in place of adding it. */
export const isWhiteoutName = (path: string): boolean => baseName(path).startsWith(WHITEOUT);

/** Keeps a deletion as overlay does: an attribute of an opaque directory, a device 0:0 in place of what is gone. Its parent exists. */
export function keepWhiteout(path: string, entry: TarEntry, attributes: EntryAttributes, prefix: HelperOptions['xattrPrefix']): void {
  const directory = parentName(path);
  if (baseName(path) === OPAQUE) {
    demand(setAttribute(directory, `${prefix}opaque`, Buffer.from('y')), 'setxattr', directory);
    return;
  }
  const target = targetOf(path, entry);
  const result = makeSpecial(target, S_IFCHR);
  // The parent is itself deleted by this layer, and the file with it.
  if (result === -Errno.ENOTDIR) return;
  demand(result, 'mknod', target);
  attributes.own(target, entry);
}

/** Carries a deletion out. @param isOurs whether this layer has unpacked a path: that stays when its directory is made opaque */
export function applyWhiteout(path: string, entry: TarEntry, isOurs: (path: string) => boolean): void {
  const directory = parentName(path);
  if (baseName(path) === OPAQUE) removeOthers(directory, isOurs);
  else if (!baseName(path).startsWith('.wh..wh.')) {
    const target = targetOf(path, entry);
    demand(removeTree(target), 'remove', target);
  }
}

/** `.wh.`, `.wh..` and `.wh...` name the directory itself, or the one above it. */
function targetOf(path: string, entry: TarEntry): string {
  const directory = parentName(path);
  const name = baseName(path).slice(WHITEOUT.length);
  if (name === '' || name === '.' || name === '..') throw new Breakout(displayName(entry.name), '/');
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function removeOthers(directory: string, isOurs: (path: string) => boolean): void {
  for (const name of readDirectory(directory)) {
    const path = directory === '/' ? `/${name}` : `${directory}/${name}`;
    if (!isOurs(path)) demand(removeTree(path), 'remove', path);
    else if ((statEntry(path)!.mode & S_IFMT) === S_IFDIR) removeOthers(path, isOurs);
  }
}

import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { posix } from 'node:path';
import type { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { deviceMajor, deviceMinor, makeNode, O_PATH } from '../os/files.ts';
import { getXattr, listXattrs, setXattr } from '../os/xattr.ts';
import type { CopyContent } from './copy-contents.ts';
import { unpackArchive } from './local-archive.ts';
import { type TreeEntry, walkTree } from './source-items.ts';

/** Where and how content goes into a container. */
export interface Placement {
  /** Absolute in the container. */
  path: string;
  /** The path is a directory that holds the content, not the content's own name. */
  intoDirectory: boolean;
  owner: { uid: number; gid: number };
  /** Content of a stage or image keeps its owners unless --chown says otherwise. */
  keepOwner: boolean;
  /** --chown was given: it goes for what is in archives, too. */
  ownerGiven: boolean;
  mode?: number;
  /** What comes from a context loses its setuid and setgid bits. */
  strip?: boolean;
  /** For everything, in place of its own; seconds since 1970. */
  time?: number;
}

/**
 * Puts content into a container's root. Directories on the way are resolved by the kernel inside the root; the last part of a path is
 * never followed when it is written, so a link of the image is replaced and not written through.
 */
export async function placeContent(root: Rootfs, content: CopyContent, placement: Placement): Promise<void> {
  const { owner } = placement;
  if (content.kind === 'archive') {
    root.makeDirectory(placement.path, 0o755, owner.uid, owner.gid);
    return unpackArchive(
      content.item.hostPath,
      root.hostPath(placement.path),
      placement.ownerGiven ? root.hostOwner(owner) : undefined,
      root.idMaps,
    );
  }
  if (content.kind === 'directory') {
    root.makeDirectory(placement.path, 0o755, owner.uid, owner.gid);
    placeTree(root, content, placement);
    return;
  }
  const directory = placement.intoDirectory ? placement.path : posix.dirname(placement.path);
  root.makeDirectory(directory, 0o755, owner.uid, owner.gid);
  const name = placement.intoDirectory ? content.name : posix.basename(placement.path);
  inDirectory(root, directory, (at) => {
    const path = `${at}/${name}`;
    rmSync(path, { force: true, recursive: true });
    if (content.kind === 'text') {
      writeFileSync(path, content.text, { mode: 0o644, flag: 'wx' });
      const { uid, gid } = root.hostOwner(owner);
      lchownSync(path, uid, gid);
      chmodSync(path, placement.mode ?? 0o644);
      if (placement.time !== undefined) lutimesSync(path, placement.time, placement.time);
      return;
    }
    placeEntry(root, path, content.item, placement);
  });
}

/** Times of directories are set when all that is below them is there. */
function placeTree(root: Rootfs, content: Extract<CopyContent, { kind: 'directory' }>, placement: Placement): void {
  const directories: TreeEntry[] = [];
  const linked = new Map<string, string>();
  for (const entry of walkTree(content.item.hostPath, content.item.path, content.excluded)) {
    const path = posix.join(placement.path, entry.name);
    inDirectory(root, posix.dirname(path), (at) => {
      const target = `${at}/${posix.basename(path)}`;
      if (entry.stat.isDirectory()) {
        directories.push(entry);
        if (root.kind(path) === 'directory') return;
        rmSync(target, { force: true });
        mkdirSync(target);
        setAttributes(root, target, entry, placement);
        return;
      }
      const existing = lstatSync(target, { throwIfNoEntry: false });
      if (existing) rmSync(target, { recursive: true });
      const key = `${entry.stat.dev}:${entry.stat.ino}`;
      const first = entry.stat.isFile() && entry.stat.nlink > 1 ? linked.get(key) : undefined;
      if (first !== undefined) {
        inDirectory(root, posix.dirname(first), (from) => linkSync(`${from}/${posix.basename(first)}`, target));
        return;
      }
      linked.set(key, path);
      placeEntry(root, target, entry, placement);
    });
  }
  for (const entry of directories.toReversed()) {
    const path = posix.join(placement.path, entry.name);
    inDirectory(root, posix.dirname(path), (at) => {
      const target = `${at}/${posix.basename(path)}`;
      const time = placement.time ?? entry.stat.mtimeMs / 1000;
      if (lstatSync(target).isDirectory()) lutimesSync(target, time, time);
    });
  }
}

function inDirectory(root: Rootfs, directory: string, action: (path: string) => void): void {
  const fd = root.open(directory, O_PATH | constants.O_DIRECTORY);
  try {
    action(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function placeEntry(root: Rootfs, target: string, source: { hostPath: string; stat: Stats }, placement: Placement): void {
  const { stat } = source;
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source.hostPath), target);
  else if (stat.isFile()) copyFileSync(source.hostPath, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (stat.isSocket()) return;
  else makeNode(target, stat.mode, deviceMajor(BigInt(stat.rdev)), deviceMinor(BigInt(stat.rdev)));
  setAttributes(root, target, source, placement);
}

/** The mode that something of a source gets. */
export const modeIn = (mode: number, { strip }: Pick<Placement, 'strip'>): number => mode & (strip ? 0o1777 : 0o7777);

function setAttributes(root: Rootfs, target: string, { hostPath, stat }: { hostPath: string; stat: Stats }, placement: Placement): void {
  const owner = root.hostOwner(placement.keepOwner ? stat : placement.owner);
  lchownSync(target, owner.uid, owner.gid);
  if (!stat.isSymbolicLink()) {
    for (const name of listXattrs(hostPath)) {
      const value =
        name === 'security.capability' || (name.startsWith('user.') && !name.startsWith('user.overlay.'))
          ? getXattr(hostPath, name)
          : undefined;
      if (value) setXattr(target, name, value);
    }
    // chown clears setuid and setgid, so the mode comes after it.
    chmodSync(target, placement.mode ?? modeIn(stat.mode, placement));
  }
  const time = placement.time ?? stat.mtimeMs / 1000;
  lutimesSync(target, time, time);
}

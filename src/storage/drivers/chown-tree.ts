import { progress } from '../../diagnostics.ts';
import {
  changeMode,
  changeOwner,
  demand,
  getAttribute,
  readDirectory,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  setAttribute,
  statEntry,
} from '../../os/raw-entries.ts';
import type { IdMap } from '../records.ts';
import type { IdMappings } from './driver.ts';
import { IdNotMapped } from './errors.ts';

interface Walk {
  from: IdMappings | undefined;
  to: IdMappings | undefined;
  /** Inodes of several names that were done under another. */
  linked: Set<number>;
  done: number;
  /** When to tell how far it has come, in milliseconds. */
  tellAt: number;
}

/** Milliseconds that pass in silence. */
const PATIENCE = 1000;
const INTERVAL = 200;

/**
 * Gives every file below `root`, itself included, from the ids of one mapping to those of another; tells its progress when it takes
 * long. Repeatable only from the start: what it has done it would translate again.
 */
export function chownTree(root: string, from: IdMappings | undefined, to: IdMappings | undefined): void {
  const start = performance.now();
  const walk: Walk = { from, to, linked: new Set(), done: 0, tellAt: start + PATIENCE };
  try {
    chownEntry(Buffer.from(root).toString('latin1'), walk);
  } finally {
    if (walk.tellAt > start + PATIENCE) progress('');
  }
}

function chownEntry(path: string, walk: Walk): void {
  const { from, to, linked } = walk;
  const stat = statEntry(path);
  if (stat === undefined) return;
  if (++walk.done % 16 === 0 && performance.now() > walk.tellAt) {
    walk.tellAt = performance.now() + INTERVAL;
    progress(`Giving the image's files to the user namespace: ${walk.done} done`);
  }
  const isDirectory = (stat.mode & S_IFMT) === S_IFDIR;
  if (!isDirectory && stat.links > 1) {
    if (linked.has(stat.inode)) return;
    linked.add(stat.inode);
  }
  const uid = translate(stat.uid, from?.uids, to?.uids, path);
  const gid = translate(stat.gid, from?.gids, to?.gids, path);
  if (uid !== stat.uid || gid !== stat.gid) {
    // chown(2) takes setuid bits and capabilities away.
    const capability = getAttribute(path, 'security.capability');
    demand(changeOwner(path, uid, gid), 'lchown', path);
    if ((stat.mode & S_IFMT) !== S_IFLNK) demand(changeMode(path, stat.mode & 0o7777), 'chmod', path);
    if (capability !== undefined) demand(setAttribute(path, 'security.capability', Buffer.from(capability, 'latin1')), 'lsetxattr', path);
  }
  if (isDirectory) for (const name of readDirectory(path)) chownEntry(`${path}/${name}`, walk);
}

function translate(id: number, from: IdMap[] | undefined, to: IdMap[] | undefined, path: string): number {
  const inside = from === undefined || from.length === 0 ? id : find(from, id, 'hostId', 'containerId');
  const outside = inside === undefined || to === undefined || to.length === 0 ? inside : find(to, inside, 'containerId', 'hostId');
  if (outside === undefined) throw new IdNotMapped(id, path);
  return outside;
}

function find(maps: IdMap[], id: number, key: 'hostId' | 'containerId', value: 'hostId' | 'containerId'): number | undefined {
  const map = maps.find((range) => id >= range[key] && id < range[key] + range.size);
  return map === undefined ? undefined : map[value] + id - map[key];
}

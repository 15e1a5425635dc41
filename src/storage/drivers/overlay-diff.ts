import { chmodSync, chownSync, linkSync, lutimesSync, mkdirSync, mkdtempSync, renameSync, statSync } from 'node:fs';
import { makeNode } from '../../os/files.ts';
import {
  changeMode,
  changeOwner,
  demand,
  type EntryStat,
  getAttribute,
  listAttributes,
  makeDirectory,
  readDirectory,
  removeTree,
  S_IFCHR,
  S_IFDIR,
  S_IFMT,
  setAttribute,
  setEntryTimes,
  statEntry,
} from '../../os/raw-entries.ts';
import type { Change } from '../compare-trees.ts';

/** Carries a layer as overlay keeps it out upon a tree, moving its files: deletions delete, what is there already gives way. */
export function applyOverlayDiff(staged: string, target: string, xattrPrefix: string): void {
  applyDirectory(bytes(staged), bytes(target), xattrPrefix);
}

const bytes = (path: string): string => Buffer.from(path).toString('latin1');
const isDirectory = (stat: EntryStat | undefined): boolean => stat !== undefined && (stat.mode & S_IFMT) === S_IFDIR;
const isWhiteout = (stat: EntryStat): boolean => (stat.mode & S_IFMT) === S_IFCHR && stat.major === 0 && stat.minor === 0;

function applyDirectory(from: string, to: string, xattrPrefix: string): void {
  for (const name of readDirectory(from)) {
    const source = `${from}/${name}`;
    const destination = `${to}/${name}`;
    const stat = statEntry(source);
    if (stat === undefined) continue;
    const isKept = isDirectory(stat) && isDirectory(statEntry(destination)) && getAttribute(source, `${xattrPrefix}opaque`) !== 'y';
    if (!isKept) demand(removeTree(destination), 'remove', destination);
    if (isWhiteout(stat)) continue;
    if (!isDirectory(stat)) {
      renameSync(Buffer.from(source, 'latin1'), Buffer.from(destination, 'latin1'));
      continue;
    }
    if (!isKept) demand(makeDirectory(destination, 0o700), 'mkdir', destination);
    applyDirectory(source, destination, xattrPrefix);
    copyAttributes(source, destination, stat, xattrPrefix);
  }
}

/** Last, since filling a directory changes its time. */
function copyAttributes(source: string, destination: string, stat: EntryStat, xattrPrefix: string): void {
  demand(changeOwner(destination, stat.uid, stat.gid), 'lchown', destination);
  demand(changeMode(destination, stat.mode & 0o7777), 'chmod', destination);
  for (const name of listAttributes(source)) {
    if (name.startsWith(xattrPrefix)) continue;
    demand(setAttribute(destination, name, Buffer.from(getAttribute(source, name) ?? '', 'latin1')), 'lsetxattr', destination);
  }
  const { mtimeSeconds, mtimeNanoseconds } = stat;
  const times = { atimeSeconds: mtimeSeconds, atimeNanoseconds: mtimeNanoseconds, mtimeSeconds, mtimeNanoseconds };
  demand(setEntryTimes(destination, times), 'utimensat', destination);
}

/** The other way round: a directory that holds the changes of a tree as overlay would, its files being links to the tree's. */
export function makeOverlayDiff(root: string, changes: readonly Change[], parent: string): string {
  const diff = mkdtempSync(`${parent}/diff-`);
  const directories: [string, string][] = [['', diff]];
  for (const { path, kind } of changes) {
    const made = `${diff}${path}`;
    if (kind === 'D') makeNode(made, S_IFCHR);
    else if (statSync(`${root}${path}`, { throwIfNoEntry: false })?.isDirectory() && isDirectory(statEntry(bytes(`${root}${path}`)))) {
      mkdirSync(made, 0o700);
      directories.push([path, made]);
    } else linkSync(`${root}${path}`, made);
  }
  for (const [path, made] of directories.reverse()) {
    const stat = statSync(`${root}${path}`);
    chownSync(made, stat.uid, stat.gid);
    chmodSync(made, stat.mode & 0o7777);
    lutimesSync(made, stat.atime, stat.mtime);
  }
  return diff;
}

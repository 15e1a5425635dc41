import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';

export interface Change {
  path: string;
  /** added, changed, deleted */
  kind: 'A' | 'C' | 'D';
}

/** What turns the tree at `before` into the one at `after`, sorted by path: a directory is changed when something in it is. */
export function compareTrees(before: string, after: string): Change[] {
  const changes: Change[] = [];
  compare(before, after, '', changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** @returns whether anything below differs */
function compare(before: string, after: string, directory: string, changes: Change[]): void {
  const old = new Set(entries(before + directory));
  const now = entries(after + directory);
  for (const name of now) {
    const path = `${directory}/${name}`;
    const there = lstatSync(after + path);
    if (!old.delete(name)) {
      addAll(after, path, there, changes);
      continue;
    }
    const was = lstatSync(before + path);
    const count = changes.length;
    if (there.isDirectory() && was.isDirectory()) compare(before, after, path, changes);
    else if (there.isDirectory())
      for (const child of entries(after + path)) addAll(after, `${path}/${child}`, lstatSync(`${after}${path}/${child}`), changes);
    if (changes.length > count || differs(was, there, before + path, after + path)) changes.push({ path, kind: 'C' });
  }
  for (const name of old) changes.push({ path: `${directory}/${name}`, kind: 'D' });
}

function addAll(root: string, path: string, stats: Stats, changes: Change[]): void {
  changes.push({ path, kind: 'A' });
  if (!stats.isDirectory()) return;
  for (const child of entries(root + path)) addAll(root, `${path}/${child}`, lstatSync(`${root}${path}/${child}`), changes);
}

const entries = (path: string): string[] => readdirSync(path === '' ? '/' : path).sort();

function differs(was: Stats, is: Stats, before: string, after: string): boolean {
  if (was.mode !== is.mode || was.uid !== is.uid || was.gid !== is.gid || was.rdev !== is.rdev) return true;
  if (is.isDirectory()) return false;
  if (is.isSymbolicLink()) return readlinkSync(before) !== readlinkSync(after);
  return was.size !== is.size || was.mtimeMs !== is.mtimeMs;
}

import { lstatSync, readdirSync } from 'node:fs';

/** Bytes of all files below, as containers/storage counts them: directories count nothing, hard-linked files once. */
export function directorySize(path: string): number {
  return addUp(path, new Set());
}

function addUp(path: string, seen: Set<bigint>): number {
  let total = 0;
  for (const entry of entriesOf(path)) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      total += addUp(child, seen);
      continue;
    }
    const stat = lstatSync(child, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined || (stat.nlink > 1n && seen.has(stat.ino))) continue;
    if (stat.nlink > 1n) seen.add(stat.ino);
    total += Number(stat.size);
  }
  return total;
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    // It went while we were counting.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

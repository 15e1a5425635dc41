import { closeSync, constants, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { posix } from 'node:path';
import type { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { O_PATH } from '../os/files.ts';

/** Paths that the runtime will make in the root for mounts, parents first; they are no part of the layer. */
export function missingTargets(root: Rootfs, destinations: string[]): string[] {
  const missing = new Set<string>();
  for (const destination of destinations) {
    let path = '';
    for (const part of destination.split('/').filter(Boolean)) {
      path += `/${part}`;
      if (!missing.has(path) && !root.exists(path)) missing.add(path);
    }
  }
  return [...missing];
}

/** Removes those of the paths that are still empty. No link is followed on the last part, and none out of the root before it. */
export function removeResidue(root: Rootfs, paths: string[]): void {
  for (const path of paths.toReversed()) {
    let parent: number;
    try {
      parent = root.open(posix.dirname(path), O_PATH | constants.O_DIRECTORY);
    } catch {
      continue;
    }
    const name = `/proc/self/fd/${parent}/${posix.basename(path)}`;
    try {
      const stat = statSync(name, { throwIfNoEntry: false });
      if (stat?.isDirectory()) rmdirSync(name);
      else if (stat?.isFile() && stat.size === 0) unlinkSync(name);
    } catch (error) {
      // Not empty: the command itself put something there, so it stays.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    } finally {
      closeSync(parent);
    }
  }
}

import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { flockExclusive, tryFlockExclusive } from '../os/flock.ts';
import type { ContainerEngine } from './engine.ts';

/**
 * Marks a container as being made, from before it has a record in the store until it has one in the state database. The mark is a
 * file that its maker has locked: where nobody has, the maker died between the two. Dispose it when the container is there, or undone.
 */
export function markCreation(engine: ContainerEngine, id: string): Disposable {
  removeUnfinished(engine);
  const path = join(directoryOf(engine), id);
  let fd = openMark(path);
  flockExclusive(fd, path);
  // Between its making and its locking it looked like a dead one's, and may have been taken away.
  while (!isStill(path, fd)) {
    closeSync(fd);
    fd = openMark(path);
    flockExclusive(fd, path);
  }
  return {
    [Symbol.dispose]() {
      rmSync(path, { force: true });
      closeSync(fd);
    },
  };
}

/** Takes back what killed commands had begun to make; cheap where there is nothing. */
export function removeUnfinished(engine: ContainerEngine): void {
  const directory = directoryOf(engine);
  for (const id of namesIn(directory)) {
    const path = join(directory, id);
    const fd = openExisting(path);
    if (fd === undefined) continue;
    try {
      if (!tryFlockExclusive(fd, path) || !isStill(path, fd)) continue;
      const { containers } = engine.store;
      if (engine.state.get(id) === undefined && containers.find(id) !== undefined) containers.remove(id);
      rmSync(path, { force: true });
    } finally {
      closeSync(fd);
    }
  }
}

/** Whether the path leads to the open file, not to a later one of the same name or nowhere. */
function isStill(path: string, fd: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch {
    return undefined;
  }
}

const directoryOf = (engine: ContainerEngine): string => join(engine.paths.staticDir, 'creating');

function openMark(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

import { closeSync, constants, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { O_CLOEXEC } from '../os/files.ts';
import { tryLockPath } from '../os/locks.ts';
import { removeTree } from './remove-tree.ts';

const DIRECTORY_PREFIX = 'temp-dir-';
const LOCK_PREFIX = 'lock-';

/**
 * A directory whose lock file says that its maker lives: `lock-X` beside `temp-dir-X`. What is to vanish is renamed into it, what is
 * being made grows in it; if the process dies, the next one that loads the store removes it all. Dispose removes it.
 */
export class TemporaryDirectory implements Disposable {
  private counter = 0;
  private removed = false;

  private constructor(
    readonly path: string,
    private readonly lockPath: string,
    private readonly lock: number,
  ) {}

  static create(root: string): TemporaryDirectory {
    for (;;) {
      const id = String(Math.floor(Math.random() * 0xffffffff));
      const lockPath = `${root}/${LOCK_PREFIX}${id}`;
      const lock = createLocked(root, lockPath);
      if (lock === undefined) continue;
      const path = `${root}/${DIRECTORY_PREFIX}${id}`;
      mkdirSync(path, { mode: 0o700 });
      return new TemporaryDirectory(path, lockPath, lock);
    }
  }

  /** A path to make something at, to be renamed into place when it is whole. */
  additionPath(name = 'addition'): string {
    return `${this.path}/${this.counter++}-${name}`;
  }

  /** Takes a file or directory out of its place. @returns false when there was none */
  takeAway(path: string): boolean {
    try {
      renameSync(path, `${this.path}/${this.counter++}-${basename(path)}`);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.removed) return;
    this.removed = true;
    removeTree(this.path);
    rmSync(this.lockPath, { force: true });
    closeSync(this.lock);
  }
}

function createLocked(root: string, lockPath: string): number | undefined {
  for (;;) {
    try {
      closeSync(openSync(lockPath, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | O_CLOEXEC, 0o600));
      // Between making and locking it, another's recovery may take it for a dead one's: then a new name.
      return tryLockPath(lockPath, false);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST') return undefined;
      if (code !== 'ENOENT') throw error;
      mkdirSync(root, { recursive: true, mode: 0o700 });
    }
  }
}

/** Removes the temporary directories below `root` whose makers are gone. */
export function removeStaleTemporaries(root: string): void {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const ids = new Set(names.map((name) => suffix(name, DIRECTORY_PREFIX) ?? suffix(name, LOCK_PREFIX)));
  for (const id of ids) if (id !== undefined) removeIfStale(`${root}/${LOCK_PREFIX}${id}`, `${root}/${DIRECTORY_PREFIX}${id}`);
}

const suffix = (name: string, prefix: string): string | undefined => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined);

function removeIfStale(lockPath: string, path: string): void {
  const lock = tryLockPath(lockPath, true);
  if (lock === undefined) return;
  try {
    removeTree(path);
    rmSync(lockPath, { force: true });
  } finally {
    closeSync(lock);
  }
}

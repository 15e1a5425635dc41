import { chmodSync, chownSync, closeSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { rootlessUid } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import { tryLockPath } from '../os/locks.ts';
import type { RunMount } from './run-flags.ts';

/** Where buildah keeps what `RUN --mount=type=cache` shares between builds. */
const cacheRoot = (): string => join(process.env.TMPDIR ?? '/var/tmp', `buildah-cache-${rootlessUid()}`);

/** The directory of a cache, made when it is first asked for. Its name is a digest, so an id is never a path (CVE-2024-9675). @throws SelkieError */
export function cacheDirectory(request: RunMount, target: string, owner: { uid: number; gid: number }): string {
  const root = cacheRoot();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // The place is open to all: somebody else may have been there first.
  const { uid } = lstatSync(root);
  if (!lstatSync(root).isDirectory() || uid !== process.geteuid!())
    throw new SelkieError(`${root} belongs to user ${uid}: it cannot be trusted as a build cache`);
  const path = join(root, sha256Hex(`${request.id ?? target}:${request.uid}:${request.gid}`).slice(0, 16));
  if (!existsSync(path)) {
    mkdirSync(path);
    chmodSync(path, request.mode ?? 0o755);
    chownSync(path, owner.uid, owner.gid);
  }
  return path;
}

/** Waits for a cache that one step at a time may use; buildah takes the same lock. Disposing gives it back. */
export async function lockCache(directory: string): Promise<Disposable> {
  const root = cacheRoot();
  const name = directory.startsWith(`${root}/`) ? directory.slice(root.length + 1).split('/')[0]! : sha256Hex(directory).slice(0, 16);
  const parent = join(root, 'buildah-cache-lockfiles', name);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  for (;;) {
    const fd = tryLockPath(join(parent, 'buildah-cache-lockfile'), true);
    if (fd !== undefined) return { [Symbol.dispose]: () => closeSync(fd) };
    // The kernel's own wait would stop the other stages of this build, of which one may hold the lock.
    await Bun.sleep(50);
  }
}

/** Forgets all caches. Repeatable. */
export function clearBuildCache(): void {
  rmSync(cacheRoot(), { recursive: true, force: true });
}

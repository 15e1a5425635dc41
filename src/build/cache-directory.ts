import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { rootlessUid } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { RunMount } from './run-flags.ts';

/** Where buildah keeps what `RUN --mount=type=cache` shares between builds. */
const cacheRoot = (): string => join(process.env.TMPDIR ?? '/var/tmp', `buildah-cache-${rootlessUid()}`);

/** The directory of a cache, made when it is first asked for. Its name is a digest, so an id is never a path (CVE-2024-9675). @throws SelkieError */
export function cacheDirectory(request: RunMount, target: string): string {
  const root = cacheRoot();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // The place is open to all: somebody else may have been there first.
  const { uid } = lstatSync(root);
  if (!lstatSync(root).isDirectory() || uid !== process.geteuid!())
    throw new SelkieError(`${root} belongs to user ${uid}: it cannot be trusted as a build cache`);
  const path = join(root, sha256Hex(request.id ?? target));
  if (!existsSync(path)) {
    mkdirSync(path);
    chmodSync(path, request.mode ?? 0o755);
    chownSync(path, request.uid, request.gid);
  }
  return path;
}

/** Forgets all caches. Repeatable. */
export function clearBuildCache(): void {
  rmSync(cacheRoot(), { recursive: true, force: true });
}

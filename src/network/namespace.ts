import { closeSync, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { flockExclusive } from '../os/flock.ts';
import { OsError } from '../os/libc.ts';
import { isMountPoint, MNT_DETACH, MS_BIND, MS_REC, MS_SHARED, mount, unmount } from '../os/mount.ts';
import { inNewNetworkNamespace } from '../os/namespaces.ts';
import { bindNewNamespaceByChild, canComeBack } from './other-namespace.ts';
import { netnsDir } from './paths.ts';

/** A network namespace cannot be made or removed. */
export class NamespaceError extends SelkieError {}

/**
 * Makes a network namespace and keeps it by a bind mount at `<netns dir>/netns-<uuid>`, as podman does. Root needs no process for
 * it: the calling thread goes into a new namespace, mounts it and comes back.
 * @returns the path
 */
export function createNetworkNamespace(): string {
  const directory = netnsDir();
  prepareNetnsDir(directory);
  const path = join(directory, `netns-${crypto.randomUUID()}`);
  createNetworkNamespaceAt(path);
  return path;
}

/** Makes a network namespace at a given path, where nothing may be yet. @throws NamespaceError */
export function createNetworkNamespaceAt(path: string): void {
  closeSync(openSync(path, 'wx', 0o600));
  try {
    if (canComeBack()) inNewNetworkNamespace(() => mount('/proc/thread-self/ns/net', path, 'none', MS_BIND | MS_SHARED | MS_REC));
    else bindNewNamespaceByChild(path);
  } catch (error) {
    unlinkSync(path);
    throw new NamespaceError(`failed to create namespace: ${(error as Error).message}`, { cause: error });
  }
}

/** Keeps another process's network namespace at a path of ours. @returns the path */
export function pinNetworkNamespace(source: string): string {
  const directory = netnsDir();
  prepareNetnsDir(directory);
  const path = join(directory, `netns-${crypto.randomUUID()}`);
  closeSync(openSync(path, 'wx', 0o600));
  try {
    mount(source, path, 'none', MS_BIND | MS_SHARED | MS_REC);
  } catch (error) {
    unlinkSync(path);
    throw new NamespaceError(`failed to bind mount ns at ${path}: ${(error as Error).message}`, { cause: error });
  }
  return path;
}

/** Lets a network namespace go. Repeatable; namespaces that are only a process's (/proc/…) are left to it. @throws NamespaceError */
export function deleteNetworkNamespace(path: string): void {
  if (path === '' || path.startsWith('/proc/')) return;
  try {
    unmount(path, MNT_DETACH);
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new NamespaceError(`failed to unmount NS: at ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Several processes may want the directory to become a shared mount at once: `ip netns` and podman take this lock too. */
function prepareNetnsDir(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (isMountPoint(directory)) return;
  const fd = openSync(directory, 'r');
  try {
    flockExclusive(fd, directory);
    makeSharedMount(directory);
  } finally {
    closeSync(fd);
  }
}

function makeSharedMount(directory: string): void {
  try {
    mount('', directory, 'none', MS_SHARED | MS_REC);
  } catch (error) {
    if (!(error instanceof OsError) || error.code !== 'EINVAL') throw error;
    mount(directory, directory, 'none', MS_BIND | MS_REC);
    mount('', directory, 'none', MS_SHARED | MS_REC);
  }
}

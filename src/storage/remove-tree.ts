import { rmSync } from 'node:fs';
import { MNT_DETACH, readMountInfo, unmount } from '../os/mount.ts';

/**
 * Removes a file or a directory with all below it; nothing there is fine. What is still mounted below is detached first when the
 * kernel refuses, as a container that was killed may have left it.
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EBUSY' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    detachBelow(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function detachBelow(path: string): void {
  const mounts = readMountInfo().map((entry) => entry.mountPoint);
  for (const mountPoint of mounts.reverse()) {
    if (mountPoint === path || mountPoint.startsWith(`${path}/`)) unmount(mountPoint, MNT_DETACH);
  }
}

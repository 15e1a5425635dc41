import { closeSync, constants, lchownSync, symlinkSync } from 'node:fs';
import { O_PATH } from '../../os/files.ts';
import type { Rootfs } from './rootfs.ts';

/** Makes /etc, where the image has none, and its link mtab, inside the root only. */
export function makeMtab(rootfs: Rootfs, uid: number, gid: number): void {
  rootfs.makeDirectory('/etc', 0o755, uid, gid);
  const etc = rootfs.open('/etc', O_PATH | constants.O_DIRECTORY);
  try {
    const link = `/proc/self/fd/${etc}/mtab`;
    symlinkSync('/proc/mounts', link);
    if (uid !== 0 || gid !== 0) lchownSync(link, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(etc);
  }
}

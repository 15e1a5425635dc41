import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { MNT_DETACH, unmount } from '../../os/mount.ts';
import { dropShiftedMounts } from './id-shifting.ts';
import { unmountWithProgram } from './mount-program.ts';
import { mountPointOf, type OverlayLayers } from './overlay-plan.ts';

/** Takes a layer's mount away. Repeatable: one that is not mounted is left as it is. */
export function unmountOverlay(driver: OverlayLayers, id: string): void {
  const directory = driver.directoryOf(id);
  const target = mountPointOf(driver, id, directory);
  dropShiftedMounts(directory);
  if (driver.mountProgram !== undefined && unmountWithProgram(target)) return;
  if (!unmount(target, MNT_DETACH)) return;
  if (driver.isInOtherStore(directory)) rmSync(dirname(target), { recursive: true, force: true });
  else renewMountPoint(directory, target);
}

/** A directory that another mount namespace still holds as a mount point cannot be removed; one that replaces it can. */
function renewMountPoint(directory: string, target: string): void {
  const fresh = `${directory}/merged.1`;
  try {
    mkdirSync(fresh, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  renameSync(fresh, target);
}

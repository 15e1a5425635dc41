import { closeSync, constants, lutimesSync } from 'node:fs';
import { posix } from 'node:path';
import type { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { O_PATH } from '../os/files.ts';
import type { CopyContent } from './copy-contents.ts';
import type { Placement } from './place.ts';

/** Gives the directories that were made on the way the time of the latest source: the same content makes the same layer. */
export function settleTimes(root: Rootfs, contents: readonly CopyContent[], placement: Placement): void {
  const times = contents.map((content) => (content.kind === 'text' ? 0 : content.item.stat.mtimeMs / 1000));
  const latest = Math.max(0, ...times);
  for (let path = placement.intoDirectory ? placement.path : posix.dirname(placement.path); ; path = posix.dirname(path)) {
    const fd = root.open(path, O_PATH | constants.O_DIRECTORY);
    try {
      lutimesSync(`/proc/self/fd/${fd}/.`, latest, latest);
    } finally {
      closeSync(fd);
    }
    if (path === '/') return;
  }
}

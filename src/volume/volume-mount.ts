import { findInPath } from '../config/containers-conf.ts';
import { MNT_DETACH, unmount } from '../os/mount.ts';
import { InvalidVolume, type VolumeRecord } from './volume.ts';

/** Volumes with a device, a type or mount options are mounted while they are used; others are just directories. */
export function needsMount(record: VolumeRecord): boolean {
  if (record.driver === 'image') return true;
  const { options } = record;
  // The owner and the copy-up are no business of mount(8).
  return Object.keys(options).some(
    (key) => !['UID', 'GID', 'SIZE', 'INODES', 'NOQUOTA', 'copy', 'nocopy'].includes(key) && !isOwnerOnly(key, options[key] ?? ''),
  );
}

function isOwnerOnly(key: string, value: string): boolean {
  return key === 'o' && value.split(',').every((option) => /^(uid|gid)=/i.test(option));
}

/** mount(8) knows what the options of each file system mean; we leave that to it. @throws InvalidVolume with what it says */
export function mountVolume(record: VolumeRecord): void {
  const { type = '', o = '' } = record.options;
  const device = record.options['device'] || type;
  const args = [
    ...(o === '' ? [] : ['-o', o]),
    ...(type === '' ? [] : type === 'bind' ? ['-o', 'bind'] : ['-t', type]),
    device,
    record.mountPoint,
  ];
  const program = findInPath('mount');
  if (program === undefined) throw new InvalidVolume(`locating 'mount' binary: exec: "mount": executable file not found in $PATH`);
  const result = Bun.spawnSync([program, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  if (!result.success) throw new InvalidVolume(`${result.stdout}${result.stderr}`.trim());
}

export function unmountVolume(record: VolumeRecord): void {
  unmount(record.mountPoint, MNT_DETACH);
}

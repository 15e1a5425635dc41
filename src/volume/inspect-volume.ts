import type { VolumeRecord } from './volume.ts';

/** A volume as `volume inspect` shows it: podman's keys in its order, those that podman leaves out when empty left out. */
export function inspectVolume(volume: VolumeRecord, lockNumber: number): Record<string, unknown> {
  return {
    Name: volume.name,
    Driver: volume.driver,
    Mountpoint: volume.imageMount || volume.mountPoint,
    CreatedAt: volume.created,
    Labels: volume.labels,
    Scope: 'local',
    Options: sorted(volume.options),
    ...(volume.uid === 0 ? {} : { UID: volume.uid }),
    ...(volume.gid === 0 ? {} : { GID: volume.gid }),
    ...(volume.anonymous ? { Anonymous: true } : {}),
    MountCount: volume.mountCount,
    ...(volume.needsCopyUp ? { NeedsCopyUp: true } : {}),
    ...(volume.needsChown ? { NeedsChown: true } : {}),
    LockNumber: lockNumber,
  };
}

const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

import { chmodSync, closeSync, constants, lchownSync, readdirSync } from 'node:fs';
import { O_PATH, setTimes } from '../../os/files.ts';
import { MNT_DETACH, unmount } from '../../os/mount.ts';
import { InvalidVolume, type VolumeRecord } from '../../volume/volume.ts';
import type { VolumeStore } from '../../volume/volume-store.ts';
import { type Container, type NamedVolumeMount, ownShm } from '../container.ts';
import { volumesOf } from '../container-volumes.ts';
import type { ContainerEngine } from '../engine.ts';
import type { OciMount } from '../oci-spec.ts';
import type { Rootfs } from '../rootfs-files/rootfs.ts';
import { toContainerId, toHostId } from './id-mappings.ts';
import { overlayDirectories, overlayMount, releaseExtraMounts, subPath } from './start-mounts.ts';
import type { ProcessUser } from './user-lookup.ts';

/** Mounts the container's named volumes, fills new ones from the image, and says how the runtime is to bind them. */
export function prepareVolumes(engine: ContainerEngine, container: Container, rootfs: Rootfs, user: ProcessUser): OciMount[] {
  return container.config.namedVolumes.map((mount) => {
    const volumes = volumesOf(engine);
    const path = volumes.withLock(mount.name, (record) => {
      const mounted = mounting(container, record.name, () => volumes.mountLocked(record));
      copyUp(volumes, record, mount, rootfs, mounted);
      settleOwner(volumes, record, mount, container, rootfs, user, mounted);
      return mounted;
    });
    const source = mount.subPath === undefined ? path : subPath(path, mount.subPath);
    if (mount.options.includes('O')) return overlayMount(container, source, mount.destination, overlayDirectories(mount.options));
    return { destination: mount.destination, type: 'bind', source, options: [...mount.options] };
  });
}

function mounting(container: Container, volume: string, mount: () => string): string {
  try {
    return mount();
  } catch (error) {
    if (!(error instanceof InvalidVolume)) throw error;
    throw new InvalidVolume(`mounting volume ${volume} for container ${container.id}: ${error.message}`, { cause: error });
  }
}

/** Fills an empty volume, the first time that it is mounted, with what the image has at that place. */
function copyUp(volumes: VolumeStore, record: VolumeRecord, mount: NamedVolumeMount, rootfs: Rootfs, path: string): void {
  if (!record.needsCopyUp || mount.options.includes('nocopy') || 'nocopy' in record.options) return;
  if (rootfs.kind(mount.destination) !== 'directory') return;
  const source = rootfs.open(mount.destination, O_PATH | constants.O_DIRECTORY);
  try {
    if (readdirSync(`/proc/self/fd/${source}`).length === 0) return;
    // What somebody put there is not ours to mix with (CVE-2020-1726).
    if (readdirSync(path).length > 0) return;
    record.needsCopyUp = false;
    record.copiedUp = true;
    volumes.save(record);
    const { copyTree } = require('../../volume/copy-up.ts') as typeof import('../../volume/copy-up.ts');
    copyTree(source, path);
  } finally {
    closeSync(source);
  }
}

/** A new volume takes over owner, mode and times of the directory that it covers, or belongs to the process's user. */
function settleOwner(
  volumes: VolumeStore,
  record: VolumeRecord,
  mount: NamedVolumeMount,
  { config }: Container,
  rootfs: Rootfs,
  user: ProcessUser,
  path: string,
): void {
  if (!record.needsChown || record.driver === 'image') return;
  if (!record.copiedUp && readdirSync(path).length > 0) {
    record.needsChown = false;
    volumes.save(record);
    return;
  }
  const { uidMap = [], gidMap = [] } = config.idMappings ?? {};
  const idmapped = mount.options.some((option) => option.startsWith('idmap'));
  let uid = idmapped ? user.uid : toHostId(user.uid, uidMap);
  let gid = idmapped ? user.gid : toHostId(user.gid, gidMap);
  const owner = { uid, gid };
  if (record.copiedUp) record.needsChown = false;
  record.copiedUp = false;
  const covered = mount.options.includes('U') ? undefined : rootfs.stat(mount.destination);
  if (covered) {
    uid = idmapped ? toContainerId(Number(covered.uid), uidMap) : Number(covered.uid);
    gid = idmapped ? toContainerId(Number(covered.gid), gidMap) : Number(covered.gid);
    if (uid === 0 && gid === 0) record.needsChown = false;
  }
  // podman tells of the process's user, whoever the covered directory belongs to.
  record.uid = owner.uid;
  record.gid = owner.gid;
  volumes.save(record);
  lchownSync(path, uid, gid);
  if (!covered) return;
  chmodSync(path, Number(covered.mode) & 0o7777);
  setTimes(path, BigInt(Math.round(Number(covered.atimeMs) * 1e6)), BigInt(Math.round(Number(covered.mtimeMs) * 1e6)));
}

/** Takes back what `finishSpec` mounted: /dev/shm, volumes, overlays and image volumes. Once for each start; never throws for what is gone. */
export function releaseMounts(engine: ContainerEngine, container: Container): void {
  const { config } = container;
  const shm = ownShm(config);
  if (shm !== undefined) unmount(shm, MNT_DETACH);
  for (const { name } of config.namedVolumes) {
    const volumes = volumesOf(engine);
    if (volumes.get(name)) volumes.unmount(name);
  }
  releaseExtraMounts(engine, container);
}

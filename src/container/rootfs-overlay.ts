import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mount } from '../os/mount.ts';
import type { Container } from './container.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';
import { toHostId } from './spec/id-mappings.ts';
import { UserDatabase } from './spec/user-lookup.ts';

/** Mounts a directory of the host as a container's root; changes stay beside the container. @returns the root's path */
export function mountRootfsOverlay({ config }: Container, path: string): string {
  // The root of what only pauses is empty, and gone after a boot.
  if (config.isInfra || config.isService) mkdirSync(path, { recursive: true, mode: 0o755 });
  const base = join(config.staticDir, 'rootfs-overlay');
  const [upper = '', work = '', merged = ''] = ['upper', 'work', 'merge'].map((name) => join(base, name));
  for (const directory of [upper, work, merged]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  // What is mounted has upper's owner and mode: it belongs to the container's user.
  using rootfs = new Rootfs(path);
  const { uid, gid } = new UserDatabase(rootfs).find(config.user);
  chmodSync(upper, statSync(path).mode & 0o7777);
  chownSync(upper, toHostId(uid, config.idMappings?.uidMap ?? []), toHostId(gid, config.idMappings?.gidMap ?? []));
  mount('overlay', merged, 'overlay', 0, `lowerdir=${path},upperdir=${upper},workdir=${work}`);
  return merged;
}

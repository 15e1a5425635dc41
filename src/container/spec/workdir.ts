import { posix } from 'node:path';
import type { Container } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { Rootfs } from '../rootfs-files/rootfs.ts';
import { toHostId } from './id-mappings.ts';
import type { ProcessUser } from './user-lookup.ts';

/** Makes the working directory that the image names, inside the root only; one that the user named must be there. */
export function makeWorkdir(container: Container, rootfs: Rootfs, user: ProcessUser): void {
  const { config, id } = container;
  const { workdir } = config;
  const places = [...(config.spec.mounts ?? []), ...config.namedVolumes, ...config.overlayVolumes, ...config.imageVolumes].map(
    ({ destination }) => destination,
  );
  if (places.some((place) => place !== '/' && (isWithin(workdir, place) || isWithin(place, workdir)))) return;
  const kind = rootfs.kind(workdir);
  if (kind === 'directory') return;
  if (kind !== undefined) throw new InvalidOption(`workdir ${JSON.stringify(workdir)} exists on container ${id}, but is not a directory`);
  if (config.createWorkdir) {
    const { uidMap = [], gidMap = [] } = config.idMappings ?? {};
    rootfs.makeDirectory(workdir, 0o755, toHostId(user.uid, uidMap), toHostId(user.gid, gidMap));
    return;
  }
  // A link may lead to a place that is only mounted later: the runtime will find out.
  if (rootfs.resolve(workdir) === posix.resolve('/', workdir))
    throw new InvalidOption(`workdir ${JSON.stringify(workdir)} does not exist on container ${id}`);
}

const isWithin = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);

import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { findInitBinary } from '../../config/containers-conf.ts';
import { isRootless } from '../../config/paths.ts';
import { O_PATH } from '../../os/files.ts';
import { errnoText, OsError } from '../../os/libc.ts';
import { randomId } from '../../storage/ids.ts';
import type { Container } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { ContainerEngine } from '../engine.ts';
import type { OciMount } from '../oci-spec.ts';
import { Rootfs } from '../rootfs-files/rootfs.ts';
import { toHostId } from './id-mappings.ts';

/** Overlays over directories, images as volumes, and the pause program of an infra container. */
export function extraMounts(engine: ContainerEngine, container: Container): OciMount[] {
  const { config } = container;
  const mounts: OciMount[] = config.overlayVolumes.map(({ source, destination, options }) =>
    overlayMount(container, source, destination, overlayDirectories(options)),
  );
  for (const volume of config.imageVolumes) {
    const root = engine.store.mountImage(volume.imageId);
    engine.events.writeImageEvent({ type: 'mount', id: volume.imageId, name: '', time: new Date() });
    const source = volume.subPath === undefined ? root : subPath(root, volume.subPath);
    mounts.push(overlayMount(container, source, volume.destination, volume.readWrite ? {} : { readOnly: true }));
  }
  if ((config.isInfra || config.isService) && config.image.id === '') {
    const init = findInitBinary();
    mounts.push({ destination: `/${basename(init)}`, type: 'bind', source: init, options: ['bind', 'rprivate', 'ro', 'nosuid', 'nodev'] });
  }
  return mounts;
}

/** A part of a volume or an image; links in it cannot lead out of it. @throws InvalidOption where it is not there */
export function subPath(whole: string, path: string): string {
  using root = new Rootfs(whole);
  try {
    closeSync(root.open(path, O_PATH));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new InvalidOption(`securejoin.OpenInRoot ${path}: openat2 ${posix.join(whole, path)}: ${errnoText(error.code)}`, {
      cause: error,
    });
  }
  return root.hostPath(path);
}

export interface OverlayDirectories {
  upper?: string;
  work?: string;
  readOnly?: boolean;
}

/** `upperdir=` and `workdir=` of an overlay volume. */
export function overlayDirectories(options: readonly string[]): OverlayDirectories {
  const value = (name: string): string | undefined => {
    const option = options.find((candidate) => candidate.startsWith(`${name}=`));
    const path = option?.slice(name.length + 1);
    if (path === '') throw new InvalidOption(`cannot accept empty value for ${name}`);
    return path;
  };
  const upper = value('upperdir');
  const work = value('workdir');
  if ((upper === undefined) !== (work === undefined)) throw new InvalidOption('must specify both upperdir and workdir');
  return { ...(upper ? { upper } : {}), ...(work ? { work } : {}) };
}

/** An overlay that the runtime mounts: changes go to a directory beside the container, or to the user's. */
export function overlayMount(container: Container, source: string, destination: string, directories: OverlayDirectories): OciMount {
  const { config } = container;
  const content = join(config.staticDir, 'overlay', randomId().slice(0, 16));
  const directory = (name: string) => {
    const path = join(content, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const options: string[] = [];
  if (directories.readOnly) options.push(`lowerdir=${escaped(source)}:${escaped(directory('lower'))}`);
  else {
    const upper = directories.upper ?? directory('upper');
    const stat = statSync(source);
    const missing = [directories.upper, directories.work].find((path) => path !== undefined && !existsSync(path));
    if (missing !== undefined)
      throw new InvalidOption(`mounting overlay failed ${JSON.stringify(source)}: chmod ${missing}: no such file or directory`);
    if (directories.upper === undefined) {
      chmodSync(upper, stat.mode & 0o7777);
      chownSync(upper, stat.uid, stat.gid);
    }
    options.push(`lowerdir=${escaped(source)}`, `upperdir=${escaped(upper)}`, `workdir=${escaped(directories.work ?? directory('work'))}`);
    if (isRootless()) options.push('userxattr');
  }
  const merged = directory('merge');
  chownSync(merged, toHostId(0, config.idMappings?.uidMap ?? []), toHostId(0, config.idMappings?.gidMap ?? []));
  return { destination, type: 'overlay', source: merged, options: [...options, 'private'] };
}

/** Colons and commas separate in overlay's options. */
const escaped = (path: string): string => path.replace(/[\\:,]/g, (character) => `\\${character}`);

/** Drops what overlays of the last run have collected, and the images that were mounted for it. */
export function releaseExtraMounts(engine: ContainerEngine, { config }: Container): void {
  if (
    config.overlayVolumes.length > 0 ||
    config.imageVolumes.length > 0 ||
    config.namedVolumes.some(({ options }) => options.includes('O'))
  )
    rmSync(join(config.staticDir, 'overlay'), { recursive: true, force: true });
  for (const { imageId } of config.imageVolumes) {
    engine.store.unmountImage(imageId);
    engine.events.writeImageEvent({ type: 'unmount', id: imageId, name: '', time: new Date() });
  }
}

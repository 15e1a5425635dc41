import { createReadStream } from 'node:fs';
import { unpackLayer } from '../archive/unpack.ts';
import { SelkieError } from '../errors.ts';
import { directorySize } from '../storage/directory-size.ts';
import { inspectVolume } from '../volume/inspect-volume.ts';
import { InvalidVolume, NoSuchVolume, type VolumeRecord } from '../volume/volume.ts';
import { type VolumeFilter, volumeFilters } from '../volume/volume-filters.ts';
import { parseVolumeOptions } from '../volume/volume-options.ts';
import type { VolumeRequest } from '../volume/volume-store.ts';
import { volumesOf, volumeUsers } from './container-volumes.ts';
import type { ContainerEngine } from './engine.ts';
import { removeContainer } from './remove.ts';

/** All volumes in the order in which they were made. */
export function listVolumes(engine: ContainerEngine, filters: readonly string[] = []): VolumeRecord[] {
  const volumes = volumesOf(engine)
    .list()
    .sort((one, other) => (one.created < other.created ? -1 : one.created > other.created ? 1 : 0));
  const matching = filtersOf(engine, filters, false);
  return volumes.filter((volume) => matching.every((matches) => matches(volume)));
}

function filtersOf(engine: ContainerEngine, filters: readonly string[], prune: boolean): VolumeFilter[] {
  const volumes = volumesOf(engine);
  return volumeFilters(
    filters,
    { isUsed: ({ name }) => volumeUsers(engine, name).length > 0, lookup: (name) => volumes.lookup(name) },
    prune,
  );
}

/** A volume as inspect shows it. */
export function inspectedVolume(engine: ContainerEngine, volume: VolumeRecord): Record<string, unknown> {
  return inspectVolume(
    volume,
    listVolumes(engine).findIndex(({ name }) => name === volume.name),
  );
}

/** Makes a volume with the options of the command line. @param ignoreExisting gives the one of that name where there is one */
export function makeVolume(engine: ContainerEngine, request: VolumeRequest, ignoreExisting: boolean): VolumeRecord {
  const volumes = volumesOf(engine);
  const existing = request.name && ignoreExisting ? volumes.get(request.name) : undefined;
  if (existing !== undefined) return existing;
  const { options, uid, gid, timeout } = parseVolumeOptions(request.options ?? {});
  if (timeout !== undefined && (request.driver || 'local') === 'local')
    throw new InvalidVolume(
      'running volume create option: Volume driver timeout can only be used with non-local volume drivers: invalid argument',
    );
  if (request.driver === 'image' && options['image']) requireImage(engine, options['image']);
  const made = volumes.create({
    ...request,
    options,
    uid: request.uid ?? uid,
    gid: request.gid ?? gid,
    keepOwner: request.keepOwner || uid !== undefined || gid !== undefined,
  });
  engine.events.writeEvent('volume', 'create', { Name: made.name });
  return made;
}

function requireImage(engine: ContainerEngine, image: string): void {
  try {
    engine.images.lookup(image);
  } catch (error) {
    throw new InvalidVolume(`looking up image ${image} to create volume failed: ${(error as Error).message}`, { cause: error });
  }
}

/** Removes a volume, with `force` the containers that use it too. @returns its name  @throws VolumeInUse, NoSuchVolume */
export async function removeVolume(
  engine: ContainerEngine,
  nameOrPrefix: string,
  options: { force?: boolean; timeout?: number } = {},
): Promise<string> {
  const volumes = volumesOf(engine);
  const { name } = volumes.lookup(nameOrPrefix);
  if (options.force) {
    for (const id of volumeUsers(engine, name)) {
      const container = engine.state.get(id);
      if (container !== undefined) await removeContainer(engine, container, { force: true, depend: true, timeout: options.timeout });
    }
  }
  if (volumes.get(name) !== undefined) volumes.remove(name, volumeUsers(engine, name));
  engine.events.writeEvent('volume', 'remove', { Name: name });
  return name;
}

export interface VolumePruneReport {
  name: string;
  /** Bytes that were freed. */
  size: number;
  error?: Error;
}

/** The volumes that a prune with these filters takes. */
export function prunableVolumes(engine: ContainerEngine, filters: readonly string[]): VolumeRecord[] {
  const matching = filtersOf(engine, filters, true);
  return listVolumes(engine).filter(
    (volume) => volumeUsers(engine, volume.name).length === 0 && matching.every((matches) => matches(volume)),
  );
}

export async function pruneVolumes(engine: ContainerEngine, filters: readonly string[]): Promise<VolumePruneReport[]> {
  const reports: VolumePruneReport[] = [];
  for (const { name, mountPoint } of prunableVolumes(engine, filters)) {
    const size = directorySize(mountPoint);
    try {
      await removeVolume(engine, name);
      reports.push({ name, size });
    } catch (error) {
      if (error instanceof NoSuchVolume) continue;
      if (!(error instanceof SelkieError)) throw error;
      reports.push({ name, size: 0, error });
    }
  }
  return reports;
}

/**
 * Unpacks a tar, compressed or not, into a volume, beside what is there. The process that does it has the volume for its root.
 * @param source a file, or a stream for `-`
 */
export async function importVolume(
  engine: ContainerEngine,
  nameOrPrefix: string,
  source: string | AsyncIterable<Uint8Array>,
): Promise<void> {
  const volumes = volumesOf(engine);
  const { name } = volumes.lookup(nameOrPrefix);
  const input = typeof source === 'string' ? await openInput(source) : source;
  const target = volumes.mount(name);
  try {
    await unpackLayer({ source: input, target, tarSplitPath: undefined, whiteouts: 'none', xattrPrefix: 'trusted.overlay.' });
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    throw new InvalidVolume(`extracting into volume ${name}: ${error.message}`, { cause: error });
  } finally {
    volumes.unmount(name);
  }
}

async function openInput(path: string): Promise<AsyncIterable<Uint8Array>> {
  const stream = createReadStream(path);
  try {
    await new Promise((opened, failed) => stream.once('open', opened).once('error', failed));
  } catch (error) {
    throw new InvalidVolume(`unable open input file: open ${path}: no such file or directory`, { cause: error });
  }
  return stream;
}

/** A volume's files as a tar. */
export async function* exportVolume(engine: ContainerEngine, nameOrPrefix: string): AsyncGenerator<Uint8Array> {
  const { tarTree } = await import('../archive/tree-tar.ts');
  const volumes = volumesOf(engine);
  const { name } = volumes.lookup(nameOrPrefix);
  const root = volumes.mount(name);
  try {
    yield* tarTree(root);
  } finally {
    volumes.unmount(name);
  }
}

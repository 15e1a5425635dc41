import { configDigestOf } from './config-digest.ts';
import { digestHex } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import type { StoredFromPlace } from './pull-place.ts';
import { storeOne } from './pull-place.ts';
import { formatReference } from './reference.ts';
import type { ImageReference } from './transport.ts';
import { ArchiveFile } from './transports/archive-file.ts';
import { archivedImages } from './transports/docker-archive.ts';
import { DockerArchiveReference } from './transports/docker-archive-reference.ts';
import { normalizeName } from './typed-name.ts';

/** Stores the image that a reference names, or all of the archive with all their names when it names none. */
export async function storeFromDockerArchive(
  engine: EngineContext,
  source: ImageReference,
  options: EngineCopyOptions,
): Promise<StoredFromPlace> {
  const reference = source as DockerArchiveReference;
  if (reference.dockerReference) {
    return storeOne(engine, reference, { reference: reference.dockerReference }, formatReference(reference.dockerReference), options);
  }
  using reader = await ArchiveFile.open(reference.path);
  const result: { images: StoredFromPlace['images'][number][]; names: string[] } = { images: [], names: [] };
  for (const [index, image] of archivedImages(reader).entries()) {
    if (reference.index !== undefined && reference.index !== index) continue;
    const place = new DockerArchiveReference(reference.path, undefined, index, { reader });
    const names = image.repoTags.map(normalizeName);
    const stored =
      names.length === 0
        ? await storeNameless(engine, place, options)
        : await storeOne(engine, place, { reference: names[0]! }, formatReference(names[0]!), options);
    const further = names.slice(1).map(formatReference);
    if (further.length > 0) engine.store.images.addNames(stored.images[0]!.id, further);
    result.images.push(...stored.images);
    result.names.push(...stored.names, ...further);
  }
  return result;
}

async function storeNameless(engine: EngineContext, place: ImageReference, options: EngineCopyOptions): Promise<StoredFromPlace> {
  const id = digestHex(await configDigestOf(place, {}));
  return storeOne(engine, place, { id }, `sha256:${id}`, options);
}

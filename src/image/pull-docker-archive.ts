import { configDigestOf } from './config-digest.ts';
import { digestHex } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { type StoredFromPlace, storeOne } from './pull-place.ts';
import { formatReference, normalizeReference, type Reference, withDefaultTag } from './reference.ts';
import { transportOptions } from './store-copy.ts';
import { ArchiveFile } from './transports/archive-file.ts';
import { archivedImages, onlyImage } from './transports/docker-archive.ts';
import { DockerArchiveReference } from './transports/docker-archive-reference.ts';
import { normalizeName } from './typed-name.ts';

/**
 * Stores images of a docker archive, each under every name that the archive gives it.
 * @param all every image; else the one that the reference names, or the only one
 */
export async function storeFromDockerArchive(
  engine: EngineContext,
  source: DockerArchiveReference,
  options: EngineCopyOptions,
  all: boolean,
): Promise<StoredFromPlace> {
  using reader = await ArchiveFile.open(source.path);
  const archived = archivedImages(reader);
  const stored: StoredFromPlace = { images: [], names: [] };
  for (const { index, names } of wanted(archived, source, all)) {
    const reference = new DockerArchiveReference(source.path, undefined, index, { reader });
    const add = async (at: { reference?: Reference; id?: string }, name: string): Promise<void> => {
      const { images } = await storeOne(engine, reference, at, name, options);
      stored.images.push(...images);
      stored.names.push(name);
    };
    if (names.length === 0) {
      const id = digestHex(await configDigestOf(reference, transportOptions({ ...engine.options.copy, ...options })));
      await add({ id }, `sha256:${id}`);
    }
    for (const name of names) await add({ reference: normalizeName(name) }, formatReference(normalizeName(name)));
  }
  return stored;
}

function wanted(
  archived: ReturnType<typeof archivedImages>,
  { dockerReference, index }: DockerArchiveReference,
  all: boolean,
): { index: number | undefined; names: string[] }[] {
  if (all) return archived.map((image, position) => ({ index: position, names: image.repoTags }));
  if (index !== undefined) return [{ index, names: archived[index]?.repoTags ?? [] }];
  if (!dockerReference) {
    onlyImage(archived);
    return [{ index: 0, names: archived[0]!.repoTags }];
  }
  const name = formatReference(dockerReference);
  const holds = (tag: string): boolean => formatReference(withDefaultTag(normalizeReference(tag))) === name;
  const position = archived.findIndex(({ repoTags }) => repoTags.some(holds));
  return [{ index: position < 0 ? archived.length : position, names: archived[position]?.repoTags.filter(holds) ?? [] }];
}

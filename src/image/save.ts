import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { parseImageName } from './image-name.ts';
import { type Found, lookupImage } from './lookup.ts';
import { dockerManifest, ociManifest } from './media-types.ts';
import type { SaveFormat, SaveOptions } from './pull-options.ts';
import { formatReference, parseCanonicalReference, type Reference } from './reference.ts';
import { copyWithRetries } from './store-copy.ts';
import { storeReference } from './store-reference.ts';
import type { ImageReference, TransportOptions } from './transport.ts';
import { normalizeName } from './typed-name.ts';

/** Writes images to an archive or a directory. Only docker-archive holds several. */
export async function saveImages(engine: EngineContext, names: string[], path: string, options: SaveOptions = {}): Promise<void> {
  const format = options.format ?? 'docker-archive';
  if (names.length === 0) throw new SelkieError('no image specified for saving images');
  if (names.length > 1 && format !== 'docker-archive')
    throw new SelkieError(`unsupported format ${JSON.stringify(format)} for saving multiple images (only docker-archive)`);
  if (names.length > 1 && options.additionalTags?.length) throw new SelkieError('cannot save multiple images with multiple tags');
  const found = names.map((name) => lookupImage(engine.store, name));
  if (format === 'docker-archive') await saveDockerArchive(engine, found, path, options);
  else await saveOne(engine, found[0]!, path, format, options);
  for (const id of new Set(found.map(({ image }) => image.id))) engine.emit('save', id, path);
}

async function saveOne(
  engine: EngineContext,
  { image, name }: Found,
  path: string,
  format: SaveFormat,
  options: SaveOptions,
): Promise<void> {
  const tag = image.id.startsWith(name) ? '' : `:${name}`;
  const places: Record<SaveFormat, () => ImageReference> = {
    'docker-archive': () => parseImageName(`docker-archive:${path}`),
    'oci-archive': () => parseImageName(`oci-archive:${path}${tag}`),
    'oci-dir': () => parseImageName(`oci:${path}${tag}`),
    'docker-dir': () => parseImageName(`dir:${path}`),
  };
  const types: Partial<Record<SaveFormat, string>> = { 'oci-dir': ociManifest, 'docker-dir': dockerManifest };
  const manifestType = types[format];
  await copyWithRetries(engine, storeReference(engine.store, { id: image.id }), places[format](), options, {
    ...(manifestType ? { manifestType } : {}),
    destination: placeOptions(options),
  });
}

function placeOptions(options: SaveOptions): TransportOptions {
  return {
    ...(options.compressLayers ? { compressLayers: true } : {}),
    ...(options.acceptUncompressedLayers ? { acceptUncompressedLayers: true } : {}),
  };
}

async function saveDockerArchive(engine: EngineContext, found: Found[], path: string, options: SaveOptions): Promise<void> {
  const { DockerArchivePlace } = await import('./docker-archive-place.ts');
  const additional = (options.additionalTags ?? []).map(normalizeName).filter((reference) => reference.tag !== undefined);
  const tags = new Map<string, Reference[]>();
  for (const { image, name } of found) {
    const known = tags.get(image.id) ?? [...additional];
    const reference = taggedName(name);
    if (reference && !known.some((other) => formatReference(other) === name)) known.push(reference);
    tags.set(image.id, known);
  }
  using archive = new DockerArchivePlace(path);
  for (const [id, additionalTags] of tags) {
    await copyWithRetries(engine, storeReference(engine.store, { id }), archive.reference(), options, {
      manifestType: dockerManifest,
      destination: { additionalTags },
    });
  }
  archive.finish();
}

function taggedName(name: string): Reference | undefined {
  try {
    const reference = parseCanonicalReference(name);
    return reference.tag === undefined ? undefined : reference;
  } catch {
    return undefined;
  }
}

import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { ImageNotKnown } from './image-errors.ts';
import { parseImageName } from './image-name.ts';
import type { ListInstance, ListPlatform, Subject } from './list-record.ts';
import { lookupImage } from './lookup.ts';
import { type ImageManifest, type ManifestList, manifestDigest, parseImageManifest, parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
import { dockerConfig, isListType, ociConfig } from './media-types.ts';
import { parsePlace } from './place.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { readConfig } from './read-config.ts';
import { transportOptions } from './store-copy.ts';
import { storeReference } from './store-reference.ts';
import { formatImageName, type ImageReference, type ImageSource } from './transport.ts';

/** Entries for a list, read from the image that a name leads to: from a list the one for this machine, or with `all` each. */
export async function readInstances(
  engine: EngineContext,
  name: string,
  options: EngineCopyOptions & { all?: boolean },
): Promise<{ instances: ListInstance[]; source: string }> {
  const reference = await locate(engine, name, options, 'image to add to manifest list');
  await using source = await reference.openSource(transportOptions({ ...engine.options.copy, ...options }));
  const raw = await source.manifest();
  const parsed = parseManifest(raw);
  const instances: ListInstance[] = [];
  if (parsed.kind === 'image') instances.push(await describe(source, parsed));
  else
    for (const entry of chosen(parsed, options.all === true))
      instances.push(await describe(source, await instanceOf(source, entry), entry));
  return { instances, source: formatImageName(reference) };
}

function chosen(list: ManifestList, all: boolean): ListInstance[] {
  const entries = list.instances as unknown as ListInstance[];
  if (all) return entries;
  const { digest } = chooseInstance(list);
  return entries.filter((entry) => entry.digest === digest).slice(0, 1);
}

async function instanceOf(source: ImageSource, entry: ListInstance): Promise<ImageManifest> {
  return parseImageManifest(await source.manifest(entry.digest));
}

async function describe(source: ImageSource, manifest: ImageManifest, entry?: ListInstance): Promise<ListInstance> {
  const artifactType = entry?.artifactType ?? (manifest.json['artifactType'] as string | undefined);
  const platform: ListPlatform = { ...(entry?.platform ?? { architecture: '', os: '' }) };
  const known = !artifactType && manifest.config && [dockerConfig, ociConfig].includes(manifest.config.mediaType);
  if (known && (!platform.os || !platform.architecture)) await fillPlatform(source, manifest, platform);
  return {
    mediaType: manifest.mediaType,
    digest: entry?.digest ?? manifestDigest(manifest.bytes),
    size: entry?.size ?? manifest.bytes.length,
    platform,
    ...(entry?.annotations ? { annotations: entry.annotations } : {}),
    ...(entry?.urls ? { urls: entry.urls } : {}),
    ...(artifactType ? { artifactType } : {}),
  };
}

async function fillPlatform(source: ImageSource, manifest: ImageManifest, platform: ListPlatform): Promise<void> {
  const config = JSON.parse(new TextDecoder().decode(await readConfig(source, manifest))) as Partial<ListPlatform>;
  if (!platform.os) {
    platform.os = config.os ?? '';
    if (config['os.version']) platform['os.version'] = config['os.version'];
    if (config['os.features']?.length) platform['os.features'] = config['os.features'];
  }
  if (!platform.architecture) {
    platform.architecture = config.architecture ?? '';
    if (config.variant) platform.variant = config.variant;
  }
}

/** What a list or an artifact refers to as its subject. */
export async function readSubject(engine: EngineContext, name: string, options: EngineCopyOptions): Promise<Subject> {
  const reference = await locate(engine, name, options, 'subject for image index', true);
  await using source = await reference.openSource(transportOptions({ ...engine.options.copy, ...options }));
  const { bytes, mediaType } = await source.manifest();
  const artifactType = isListType(mediaType) ? undefined : (parseManifest({ bytes, mediaType }).json['artifactType'] as string | undefined);
  return { mediaType, digest: manifestDigest(bytes), size: bytes.length, ...(artifactType ? { artifactType } : {}) };
}

/** A name with a transport is taken as it is; one without is a registry's where that answers, else a local image's. */
async function locate(
  engine: EngineContext,
  name: string,
  options: EngineCopyOptions,
  what: string,
  manifestList = false,
): Promise<ImageReference> {
  try {
    return parsePlace(engine.store, name);
  } catch {
    // no transport
  }
  const remote = `docker://${name}`;
  try {
    const reference = parseImageName(remote);
    await using source = await reference.openSource(transportOptions({ ...engine.options.copy, ...options }));
    await source.manifest();
    return reference;
  } catch (error) {
    try {
      return storeReference(engine.store, { id: lookupImage(engine.store, name, { manifestList }).image.id });
    } catch (local) {
      if (!(local instanceof ImageNotKnown)) throw local;
      const far = (error as Error).message;
      throw new SelkieError(`locating ${what}: ${JSON.stringify(remote)}: ${far}; ${JSON.stringify(name)}: ${local.message}`, {
        cause: error,
      });
    }
  }
}

/** The digest of the entry that a text means: a digest, a file that was added, or an image. */
export async function memberDigest(engine: EngineContext, files: Record<string, string[]>, name: string): Promise<string> {
  if (/^sha256:[0-9a-f]{64}$/.test(name)) return name;
  const base = name.slice(name.lastIndexOf('/') + 1);
  for (const [digest, names] of Object.entries(files)) if (names.includes(name) || names.includes(base)) return digest;
  let reference: ImageReference;
  try {
    reference = parsePlace(engine.store, name);
  } catch {
    reference = parseImageName(`docker://${name}`);
  }
  try {
    await using source = await reference.openSource(transportOptions(engine.options.copy ?? {}));
    return manifestDigest((await source.manifest()).bytes);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`reading local image ${JSON.stringify(name)} to check if it's in the manifest list: ${cause.message}`, { cause });
  }
}

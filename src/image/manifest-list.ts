import type { Digest } from './digest.ts';
import { NoMatchingPlatform } from './errors.ts';
import { goJson, sortKeys } from './go-json.ts';
import type { Descriptor, ManifestList } from './manifest.ts';
import { ociIndex } from './media-types.ts';
import { type Platform, platformMatches, wantedPlatforms } from './platform.ts';

const zstdAnnotation = 'io.github.containers.compression.zstd';

export const isZstdInstance = ({ annotations }: Pick<Descriptor, 'annotations'>): boolean => annotations?.[zstdAnnotation] === 'true';

/** The instance of a list for a platform: of several the one compressed with zstd, then the first. @throws NoMatchingPlatform */
export function chooseInstance(list: ManifestList, wanted: Partial<Platform> = {}, preferGzip = false): Descriptor {
  const platforms = wantedPlatforms(wanted);
  for (const platform of platforms) {
    const fitting = list.instances.filter((instance) => (instance.platform ? platformMatches(instance.platform, platform) : false));
    const zstd = fitting.find(isZstdInstance);
    const gzip = fitting.find((instance) => !isZstdInstance(instance));
    const chosen = preferGzip ? (gzip ?? zstd) : (zstd ?? gzip);
    if (chosen) return chosen;
  }
  // An index of OCI may leave the platform out; c/image takes such an instance when nothing else fits.
  const silent = list.mediaType === ociIndex ? list.instances.find((instance) => !instance.platform) : undefined;
  if (silent) return silent;
  const [first] = platforms;
  throw new NoMatchingPlatform(
    first!.os,
    first!.architecture,
    first!.variant,
    list.mediaType === ociIndex ? 'image index' : 'manifest list',
  );
}

export interface InstanceUpdate {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** Its layers are compressed with zstd, which an index of OCI tells. */
  readonly zstd?: boolean;
}

/** An instance that the list did not have. */
export interface AddedInstance extends InstanceUpdate {
  readonly like: Descriptor;
}

/**
 * The same list with other digests for its instances, in order, and others added; entries that are the same keep what else they say.
 * What is compressed with zstd comes last where some was added, so that readers who know only gzip find theirs first.
 */
export function updateInstances(list: ManifestList, updates: readonly InstanceUpdate[], added: readonly AddedInstance[] = []): Uint8Array {
  const manifests = (list.json['manifests'] as Record<string, unknown>[]).map((entry, index) => {
    const update = updates[index]!;
    return { ...entry, mediaType: update.mediaType, size: update.size, digest: update.digest, ...zstdNote(list, update, entry) };
  });
  const more = added.map(({ like, ...instance }) => ({
    mediaType: instance.mediaType,
    digest: instance.digest,
    size: instance.size,
    ...(like.annotations ? { annotations: like.annotations } : {}),
    ...zstdNote(list, instance, { annotations: like.annotations }),
    ...(like.platform ? { platform: cleanPlatform(like.platform) } : {}),
  }));
  const all: Record<string, unknown>[] = [...manifests, ...more];
  if (more.length > 0) all.sort((a, b) => Number(isZstdInstance(a)) - Number(isZstdInstance(b)));
  return new TextEncoder().encode(goJson({ ...list.json, manifests: all }));
}

function zstdNote({ mediaType }: ManifestList, { zstd }: InstanceUpdate, entry: Record<string, unknown>): object {
  if (!zstd || mediaType !== ociIndex) return {};
  return { annotations: sortKeys({ ...(entry['annotations'] as Record<string, string> | undefined), [zstdAnnotation]: 'true' }) };
}

/** The list in the other format, docker's or OCI's. */
export function convertList(list: ManifestList, mediaType: string): Uint8Array {
  const manifests = list.instances.map((instance) => {
    const platform = instance.platform && cleanPlatform(instance.platform);
    return mediaType === ociIndex
      ? { mediaType: instance.mediaType, digest: instance.digest, size: instance.size, ...(platform ? { platform } : {}) }
      : { mediaType: instance.mediaType, size: instance.size, digest: instance.digest, platform: platform ?? { architecture: '', os: '' } };
  });
  return new TextEncoder().encode(goJson({ schemaVersion: 2, mediaType, manifests }));
}

function cleanPlatform(platform: Platform): Record<string, unknown> {
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(platform['os.version'] ? { 'os.version': platform['os.version'] } : {}),
    ...(platform['os.features']?.length ? { 'os.features': platform['os.features'] } : {}),
    ...(platform.variant ? { variant: platform.variant } : {}),
  };
}

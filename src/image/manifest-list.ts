import type { Digest } from './digest.ts';
import { NoMatchingPlatform } from './errors.ts';
import { goJson } from './go-json.ts';
import type { Descriptor, ManifestList } from './manifest.ts';
import { ociIndex } from './media-types.ts';
import { type Platform, platformMatches, wantedPlatforms } from './platform.ts';

const zstdAnnotation = 'io.github.containers.compression.zstd';

/** The instance of a list for a platform: of several the one compressed with zstd, then the first. @throws NoMatchingPlatform */
export function chooseInstance(list: ManifestList, wanted: Partial<Platform> = {}, preferGzip = false): Descriptor {
  const platforms = wantedPlatforms(wanted);
  for (const platform of platforms) {
    const fitting = list.instances.filter((instance) => (instance.platform ? platformMatches(instance.platform, platform) : false));
    const zstd = fitting.find((instance) => instance.annotations?.[zstdAnnotation] === 'true');
    const gzip = fitting.find((instance) => instance.annotations?.[zstdAnnotation] !== 'true');
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
}

/** The same list with other digests for its instances, in order; entries that are the same keep what else they say. */
export function updateInstances(list: ManifestList, updates: readonly InstanceUpdate[]): Uint8Array {
  const manifests = (list.json['manifests'] as Record<string, unknown>[]).map((entry, index) => {
    const update = updates[index]!;
    return { ...entry, mediaType: update.mediaType, size: update.size, digest: update.digest };
  });
  return new TextEncoder().encode(goJson({ ...list.json, manifests }));
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

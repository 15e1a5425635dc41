import { type Platform, platformMatches, wantedPlatforms } from './platform.ts';

interface Descriptor {
  digest?: string;
  platform?: Partial<Platform>;
}

/** The digest of the list's instance for a platform (default: this machine's), or undefined. */
export function chooseInstance(list: Record<string, unknown>, platform?: Partial<Platform>): string | undefined {
  const instances = (list['manifests'] as Descriptor[] | undefined) ?? [];
  for (const wanted of wantedPlatforms(platform)) {
    const found = instances.find((instance) => instance.platform && platformMatches(instance.platform, wanted));
    if (found?.digest) return found.digest;
  }
  return undefined;
}

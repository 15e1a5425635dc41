import type { CompressionFormat } from './copy.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import type { ManifestList } from './manifest.ts';
import { isZstdInstance } from './manifest-list.ts';

/** What is done for an instance of a list that is copied: sent as it is, or once more in another compression. */
export interface InstanceCopy {
  readonly instance: Descriptor;
  readonly index: number;
  /** Set for a replica, which the list gets in addition. */
  readonly replicaIn?: CompressionFormat;
}

/** @param formats compressions of which the list is to have an instance for each platform */
export function planInstances(
  list: ManifestList,
  which: 'all' | 'index-only' | readonly Digest[],
  formats: readonly CompressionFormat[],
): InstanceCopy[] {
  const known = new Map<string, Set<CompressionFormat>>();
  for (const instance of list.instances) {
    const key = platformKey(instance);
    known.set(key, (known.get(key) ?? new Set()).add(isZstdInstance(instance) ? 'zstd' : 'gzip'));
  }
  return list.instances.flatMap((instance, index): InstanceCopy[] => {
    if (which === 'index-only' || (which !== 'all' && !which.includes(instance.digest))) return [];
    const there = known.get(platformKey(instance))!;
    const missing = formats.filter((format) => !there.has(format));
    for (const format of missing) there.add(format);
    return [{ instance, index }, ...missing.map((replicaIn) => ({ instance, index, replicaIn }))];
  });
}

const platformKey = ({ platform }: Descriptor): string => {
  if (!platform) return '';
  const features = [...(platform['os.features'] ?? [])].sort();
  return [platform.os, platform.architecture, platform.variant ?? '', platform['os.version'] ?? '', ...features].join('\0');
};

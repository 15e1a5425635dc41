import type { OciHistory, OciImage } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { ImageRecord } from '../storage/records.ts';

/** Where a stage stands: what the next step is built upon. */
export interface StageBase {
  /** undefined for scratch. */
  imageId?: string;
  topLayer?: string;
  history: OciHistory[];
  diffIds: string[];
}

export interface CachedStep {
  id: string;
  image: OciImage;
  topLayer?: string;
}

/** What is asked of an image for it to stand for a step. */
export interface CacheQuery {
  base: StageBase;
  createdBy: string;
  addsLayer: boolean;
  format: 'oci' | 'docker';
  os: string;
  architecture: string;
  /** Seconds; older images do not count. */
  ttl?: number;
}

/**
 * The newest image that is this very step upon this very base, made by selkie, podman or buildah: the history of the base, one entry
 * more with the same `created_by`, the same layers and one more where the step adds one.
 */
export function findCachedStep(images: ImageEngine, query: CacheQuery): CachedStep | undefined {
  const { layers } = images.store;
  const fits = (record: ImageRecord): boolean => {
    const parent = record.layer === undefined ? undefined : layers.get(record.layer)?.parent;
    return query.addsLayer
      ? record.layer !== undefined && (parent ?? '') === (query.base.topLayer ?? '')
      : (record.layer ?? '') === (query.base.topLayer ?? '');
  };
  const wantedType =
    query.format === 'oci' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/vnd.docker.distribution.manifest.v2+json';
  const oldest = query.ttl === undefined ? Number.NEGATIVE_INFINITY : Date.now() - query.ttl * 1000;
  const candidates = images.store.images
    .list()
    .filter((record) => fits(record) && Date.parse(record.created) >= oldest)
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
  for (const record of candidates) {
    const image = readImage(images, record, wantedType);
    if (!image || image.os !== query.os || image.architecture !== query.architecture) continue;
    if (isStepUpon(image, query)) return { id: record.id, image, topLayer: record.layer };
  }
  return undefined;
}

function readImage(images: ImageEngine, record: ImageRecord, mediaType: string): OciImage | undefined {
  const key = `sha256:${record.id}`;
  if (!record.bigDataNames.includes(key) || !record.bigDataNames.includes('manifest')) return undefined;
  const text = new TextDecoder();
  try {
    const manifest = JSON.parse(text.decode(images.store.images.bigData(record.id, 'manifest'))) as { mediaType?: string };
    if (manifest.mediaType !== mediaType) return undefined;
    return JSON.parse(text.decode(images.store.images.bigData(record.id, key))) as OciImage;
  } catch {
    // A damaged or vanished image is no candidate.
    return undefined;
  }
}

function isStepUpon(image: OciImage, { base, createdBy, addsLayer }: CacheQuery): boolean {
  const history = image.history ?? [];
  const diffIds = image.rootfs?.diff_ids ?? [];
  const last = history.at(-1);
  return (
    history.length === base.history.length + 1 &&
    last!.created_by === createdBy &&
    diffIds.length === base.diffIds.length + (addsLayer ? 1 : 0) &&
    base.diffIds.every((diffId, i) => diffIds[i] === diffId) &&
    base.history.every((entry, i) => isSameEntry(entry, history[i]!))
  );
}

function isSameEntry(a: OciHistory, b: OciHistory): boolean {
  const instant = (entry: OciHistory): string => entry.created?.replace(/\.?0*(Z|[+-]\d\d:\d\d)$/, '$1') ?? '';
  return (
    (a.created_by ?? '') === (b.created_by ?? '') &&
    (a.comment ?? '') === (b.comment ?? '') &&
    (a.author ?? '') === (b.author ?? '') &&
    (a.empty_layer ?? false) === (b.empty_layer ?? false) &&
    instant(a) === instant(b)
  );
}

/** The records of containers/storage as they are on disk (storage.md 1.4 to 1.6), and the views of them that others get. */

export interface IdMap {
  containerId: number;
  hostId: number;
  size: number;
}

export interface StoredIdMap {
  container_id: number;
  host_id: number;
  size: number;
}

export interface StoredLayer {
  id: string;
  names?: string[];
  parent?: string;
  metadata?: string;
  mountlabel?: string;
  created: string;
  'compressed-diff-digest'?: string;
  'compressed-size'?: number;
  'diff-digest'?: string;
  'toc-digest'?: string;
  'diff-size'?: number;
  compression?: number;
  uidset?: number[];
  gidset?: number[];
  flags?: Record<string, unknown>;
  uidmap?: StoredIdMap[];
  gidmap?: StoredIdMap[];
  'big-data-names'?: string[];
}

export interface StoredBigData {
  'big-data-names'?: string[];
  'big-data-sizes'?: Record<string, number>;
  'big-data-digests'?: Record<string, string>;
}

export interface StoredImage extends StoredBigData {
  id: string;
  digest?: string;
  names?: string[];
  'names-history'?: string[];
  layer?: string;
  'mapped-layers'?: string[];
  metadata?: string;
  created: string;
  flags?: Record<string, unknown>;
}

export interface StoredContainer extends StoredBigData {
  id: string;
  names?: string[];
  image: string;
  layer: string;
  metadata?: string;
  created: string;
  uidmap?: StoredIdMap[];
  gidmap?: StoredIdMap[];
  flags?: Record<string, unknown>;
}

/** Go writes fields in the order of the struct; so do we, whatever was set when. */
export const layerFields = [
  'id',
  'names',
  'parent',
  'metadata',
  'mountlabel',
  'created',
  'compressed-diff-digest',
  'compressed-size',
  'diff-digest',
  'toc-digest',
  'diff-size',
  'compression',
  'uidset',
  'gidset',
  'flags',
  'uidmap',
  'gidmap',
  'big-data-names',
] as const satisfies (keyof StoredLayer)[];

export const imageFields = [
  'id',
  'digest',
  'names',
  'names-history',
  'layer',
  'mapped-layers',
  'metadata',
  'big-data-names',
  'big-data-sizes',
  'big-data-digests',
  'created',
  'flags',
] as const satisfies (keyof StoredImage)[];

export const containerFields = [
  'id',
  'names',
  'image',
  'layer',
  'metadata',
  'big-data-names',
  'big-data-sizes',
  'big-data-digests',
  'created',
  'uidmap',
  'gidmap',
  'flags',
] as const satisfies (keyof StoredContainer)[];

export interface LayerRecord {
  id: string;
  names: string[];
  parent?: string;
  metadata?: string;
  mountLabel?: string;
  created: string;
  compressedDiffDigest?: string;
  compressedSize?: number;
  diffDigest?: string;
  tocDigest?: string;
  diffSize?: number;
  /** 0 none, 1 bzip2, 2 gzip, 3 xz, 4 zstd */
  compression: number;
  uids: number[];
  gids: number[];
  flags: Record<string, unknown>;
  uidmap?: IdMap[];
  gidmap?: IdMap[];
  bigDataNames: string[];
  /** in an additional store, or the store is opened for reading only */
  readOnly: boolean;
}

export interface ImageRecord {
  id: string;
  digest?: string;
  names: string[];
  namesHistory: string[];
  layer?: string;
  mappedLayers: string[];
  metadata?: string;
  bigDataNames: string[];
  bigDataSizes: Record<string, number>;
  bigDataDigests: Record<string, string>;
  created: string;
  readOnly: boolean;
}

export interface ContainerRecord {
  id: string;
  names: string[];
  /** '' for one made from scratch */
  image: string;
  layer: string;
  metadata: string;
  bigDataNames: string[];
  bigDataSizes: Record<string, number>;
  bigDataDigests: Record<string, string>;
  created: string;
  uidmap?: IdMap[];
  gidmap?: IdMap[];
  flags: Record<string, unknown>;
  volatile: boolean;
}

export const fromStoredMaps = (maps: StoredIdMap[] | undefined): IdMap[] | undefined =>
  maps?.map((map) => ({ containerId: map.container_id, hostId: map.host_id, size: map.size }));

export const toStoredMaps = (maps: IdMap[] | undefined): StoredIdMap[] | undefined =>
  maps === undefined || maps.length === 0
    ? undefined
    : maps.map((map) => ({ container_id: map.containerId, host_id: map.hostId, size: map.size }));

export function viewLayer(stored: StoredLayer, readOnly: boolean): LayerRecord {
  return {
    id: stored.id,
    names: stored.names ?? [],
    parent: stored.parent || undefined,
    metadata: stored.metadata,
    mountLabel: stored.mountlabel,
    created: stored.created,
    compressedDiffDigest: stored['compressed-diff-digest'],
    compressedSize: stored['compressed-size'],
    diffDigest: stored['diff-digest'],
    tocDigest: stored['toc-digest'],
    diffSize: stored['diff-size'],
    compression: stored.compression ?? 0,
    uids: stored.uidset ?? [],
    gids: stored.gidset ?? [],
    flags: stored.flags ?? {},
    uidmap: fromStoredMaps(stored.uidmap),
    gidmap: fromStoredMaps(stored.gidmap),
    bigDataNames: stored['big-data-names'] ?? [],
    readOnly,
  };
}

export function viewImage(stored: StoredImage, readOnly: boolean): ImageRecord {
  return {
    id: stored.id,
    digest: stored.digest,
    names: stored.names ?? [],
    namesHistory: stored['names-history'] ?? [],
    layer: stored.layer || undefined,
    mappedLayers: stored['mapped-layers'] ?? [],
    metadata: stored.metadata,
    bigDataNames: stored['big-data-names'] ?? [],
    bigDataSizes: stored['big-data-sizes'] ?? {},
    bigDataDigests: stored['big-data-digests'] ?? {},
    created: stored.created,
    readOnly,
  };
}

export function viewContainer(stored: StoredContainer): ContainerRecord {
  return {
    id: stored.id,
    names: stored.names ?? [],
    image: stored.image,
    layer: stored.layer,
    metadata: stored.metadata ?? '',
    bigDataNames: stored['big-data-names'] ?? [],
    bigDataSizes: stored['big-data-sizes'] ?? {},
    bigDataDigests: stored['big-data-digests'] ?? {},
    created: stored.created,
    uidmap: fromStoredMaps(stored.uidmap),
    gidmap: fromStoredMaps(stored.gidmap),
    flags: stored.flags ?? {},
    volatile: stored.flags?.['Volatile'] === true,
  };
}

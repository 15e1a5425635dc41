import type { ContainerRecord, ImageRecord, LayerRecord } from '../../../src/storage/records.ts';
import type { Store } from '../../../src/storage/store.ts';

export interface ImageSpec {
  id: string;
  names?: string[];
  layer?: string;
  created?: string;
  digest?: string;
  config?: object;
  manifest?: object;
  readOnly?: boolean;
  /** What the manifest names as the config; the id is made of it otherwise. */
  bigData?: Record<string, string>;
}

/** A store in memory with as much of the real one's interface as the image engine's reading and naming parts use. */
export function memoryStore(
  images: ImageSpec[],
  layers: { id: string; parent?: string; size?: number }[] = [],
  users: [container: string, image: string][] = [],
): Store {
  const data = new Map<string, Map<string, Uint8Array>>();
  const records = images.map((spec) => record(spec, data));
  const layerRecords = new Map(layers.map((layer) => [layer.id, layerRecord(layer)]));
  const containers = users.map(([id, image]) => ({ id, image }) as ContainerRecord);
  const find = (wanted: string): ImageRecord | undefined => {
    const exact = records.find(({ id, names }) => id === wanted || names.includes(wanted));
    if (exact || !/^[0-9a-f]+$/.test(wanted)) return exact;
    const begun = records.filter(({ id }) => id.startsWith(wanted));
    return begun.length === 1 ? begun[0] : undefined;
  };
  const store = {
    options: { graphRoot: '/graph', runRoot: '/run', driver: 'overlay' },
    images: {
      list: () => records.map((each) => ({ ...each, names: [...each.names] })),
      find,
      byDigest: (digest: string) => records.filter((each) => each.digest === digest || Object.values(each.bigDataDigests).includes(digest)),
      bigData: (id: string, key: string) => {
        const bytes = data.get(id)?.get(key);
        if (!bytes) throw new Error(`no ${key}`);
        return bytes;
      },
      addNames: (id: string, names: string[]) => {
        for (const each of records) each.names = each.names.filter((name) => !names.includes(name));
        const target = find(id)!;
        target.names = [...names, ...target.names];
      },
      removeNames: (id: string, names: string[]) => {
        const target = find(id)!;
        target.names = target.names.filter((name) => !names.includes(name));
      },
      remove: (id: string) => {
        records.splice(records.indexOf(find(id)!), 1);
        return [];
      },
    },
    layers: {
      list: () => [...layerRecords.values()],
      get: (id: string) => layerRecords.get(id),
      driver: { diffPath: (id: string) => `/store/${id}/diff` },
    },
    containers: {
      list: () => containers,
      remove: (id: string) =>
        containers.splice(
          containers.findIndex((each) => each.id === id),
          1,
        ),
    },
    mountCount: () => 0,
    shutdown: () => [],
    [Symbol.dispose]: () => {},
  };
  return store as unknown as Store;
}

function record(spec: ImageSpec, data: Map<string, Map<string, Uint8Array>>): ImageRecord {
  const configDigest = `sha256:${spec.id}`;
  const manifest = spec.manifest ?? {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: 2 },
    layers: [],
  };
  const own = new Map<string, Uint8Array>([['manifest', Buffer.from(JSON.stringify(manifest))]]);
  if (!spec.manifest) own.set(configDigest, Buffer.from(JSON.stringify(spec.config ?? {})));
  data.set(spec.id, own);
  return {
    id: spec.id,
    ...(spec.digest ? { digest: spec.digest } : {}),
    names: spec.names ?? [],
    namesHistory: spec.names ?? [],
    ...(spec.layer ? { layer: spec.layer } : {}),
    mappedLayers: [],
    bigDataNames: [...own.keys()],
    bigDataSizes: Object.fromEntries([...own].map(([key, bytes]) => [key, bytes.length])),
    bigDataDigests: spec.digest ? { manifest: spec.digest } : {},
    created: spec.created ?? '2026-01-01T00:00:00Z',
    readOnly: spec.readOnly ?? false,
  };
}

function layerRecord({ id, parent, size = 0 }: { id: string; parent?: string; size?: number }): LayerRecord {
  const base = {
    names: [],
    created: '2026-01-01T00:00:00Z',
    compression: 0,
    uids: [],
    gids: [],
    flags: {},
    bigDataNames: [],
    readOnly: false,
  };
  return { ...base, id, ...(parent ? { parent } : {}), diffDigest: `sha256:${id}`, diffSize: size };
}

/** 64 hexadecimal digits that begin with the text. */
export const hex = (start: string): string => start.padEnd(64, '0');

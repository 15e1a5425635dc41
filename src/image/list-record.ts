import { SelkieError } from '../errors.ts';
import { randomId } from '../storage/ids.ts';
import type { Store } from '../storage/store.ts';
import type { Digest } from './digest.ts';
import { goJson, sortKeys } from './go-json.ts';
import type { LocalImage } from './local-image.ts';
import { manifestDigest } from './manifest.ts';
import { dockerList, ociIndex } from './media-types.ts';

/** One entry of a list, with what either format can say. */
export interface ListInstance {
  mediaType: string;
  digest: Digest;
  size: number;
  platform: ListPlatform;
  annotations?: Record<string, string>;
  urls?: string[];
  data?: string;
  artifactType?: string;
}

export interface ListPlatform {
  architecture: string;
  os: string;
  'os.version'?: string;
  'os.features'?: string[];
  variant?: string;
  /** docker's format only */
  features?: string[];
}

export interface Subject {
  mediaType: string;
  digest: Digest;
  size: number;
  artifactType?: string;
}

/** Files that stand for instances which no image has: `podman manifest add --artifact`. */
export interface ListArtifacts {
  manifests?: Record<string, string>;
  files?: Record<string, string[]>;
  configs?: Record<string, string>;
  layers?: Record<string, string[]>;
  detached?: Record<string, string>;
  blobs?: Record<string, string>;
}

/**
 * A manifest list that is made and changed here, as podman keeps it: an image record without layers, with the list, where each
 * instance came from (`instances.json`) and artifacts (`artifacts.json`).
 */
export class ListRecord {
  instances: ListInstance[] = [];
  annotations?: Record<string, string>;
  subject?: Subject;
  artifactType?: string;
  /** Image names by instance digest; the key '' is the list's own id. */
  sources: Record<string, string> = {};
  artifacts: ListArtifacts = {};

  /** @throws SelkieError when the image has no list, or one that was pulled and never edited here */
  static load(image: LocalImage): ListRecord {
    const record = new ListRecord();
    const { parsed } = image.manifest();
    record.instances = ((parsed['manifests'] as ListInstance[] | undefined) ?? []).map((entry) => ({
      ...entry,
      platform: entry.platform ?? { architecture: '', os: '' },
    }));
    if (parsed['annotations']) record.annotations = parsed['annotations'] as Record<string, string>;
    if (parsed['subject']) record.subject = parsed['subject'] as Subject;
    if (parsed['artifactType']) record.artifactType = parsed['artifactType'] as string;
    const sources = readJson(image, 'instances.json');
    if (!sources) throw new SelkieError(`locating image ${JSON.stringify(image.id)} for loading instance list: file does not exist`);
    record.sources = sources as Record<string, string>;
    record.artifacts = (readJson(image, 'artifacts.json') as ListArtifacts | undefined) ?? {};
    return record;
  }

  /** Docker's format is kept for an empty list and for features that only it has; else it is an OCI index. */
  get mediaType(): string {
    const onlyOci = this.instances.some(({ urls, annotations, data, artifactType }) => urls?.length || annotations || data || artifactType);
    if (onlyOci || this.annotations || this.subject || this.artifactType) return ociIndex;
    if (this.instances.some(({ platform }) => platform.features?.length)) return dockerList;
    return this.instances.length > 0 ? ociIndex : dockerList;
  }

  serialize(mediaType = this.mediaType): Uint8Array {
    const text = goJson(mediaType === ociIndex ? this.#ociIndex() : this.#dockerList());
    return new TextEncoder().encode(text);
  }

  #ociIndex(): unknown {
    return {
      schemaVersion: 2,
      mediaType: ociIndex,
      ...(this.artifactType ? { artifactType: this.artifactType } : {}),
      manifests: this.instances.map((entry) => ({
        mediaType: entry.mediaType,
        digest: entry.digest,
        size: entry.size,
        ...(entry.urls?.length ? { urls: entry.urls } : {}),
        ...(entry.annotations ? { annotations: sortKeys(entry.annotations) } : {}),
        ...(entry.data ? { data: entry.data } : {}),
        ...(entry.platform.os || entry.platform.architecture ? { platform: ociPlatform(entry.platform) } : {}),
        ...(entry.artifactType ? { artifactType: entry.artifactType } : {}),
      })),
      ...(this.subject ? { subject: this.subject } : {}),
      ...(this.annotations ? { annotations: sortKeys(this.annotations) } : {}),
    };
  }

  #dockerList(): unknown {
    const manifests = this.instances.map(({ mediaType, size, digest, platform }) => ({
      mediaType,
      size,
      digest,
      platform: dockerPlatform(platform),
    }));
    return { schemaVersion: 2, mediaType: dockerList, manifests };
  }

  instance(digest: string): ListInstance {
    const found = this.instances.find((entry) => entry.digest === digest);
    if (!found) throw new SelkieError(`no instance matching digest ${JSON.stringify(digest)} found in manifest list: file does not exist`);
    return found;
  }

  /** Makes the record. @returns its id */
  create(store: Store, names: string[]): string {
    const id = randomId();
    const manifest = this.serialize();
    store.images.create({
      id,
      names,
      bigData: [
        { key: 'manifest', data: manifest, digest: manifestDigest(manifest) },
        { key: 'instances.json', data: jsonBytes(sortKeys(this.sources)) },
        { key: 'artifacts.json', data: jsonBytes(this.artifacts) },
      ],
    });
    this.sources[''] = id;
    return id;
  }

  /** Writes what changed over the record. Readers see the old list or the new one. */
  save(store: Store, id: string): void {
    store.images.setBigData(id, 'instances.json', jsonBytes(sortKeys({ ...this.sources, '': id })));
    store.images.setBigData(id, 'artifacts.json', jsonBytes(this.artifacts));
    store.images.setBigData(id, 'manifest', this.serialize());
  }
}

export function ociPlatform(platform: ListPlatform): Record<string, unknown> {
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(platform['os.version'] ? { 'os.version': platform['os.version'] } : {}),
    ...(platform['os.features']?.length ? { 'os.features': platform['os.features'] } : {}),
    ...(platform.variant ? { variant: platform.variant } : {}),
  };
}

export function dockerPlatform(platform: ListPlatform): Record<string, unknown> {
  return { ...ociPlatform(platform), ...(platform.features?.length ? { features: platform.features } : {}) };
}

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(goJson(value));

function readJson(image: LocalImage, key: string): unknown {
  if (!image.record.bigDataNames.includes(key)) return undefined;
  return JSON.parse(new TextDecoder().decode(image.store.images.bigData(image.id, key)));
}

import type { Descriptor, LayerDescriptor, ManifestJson } from './descriptor.ts';
import { type Digest, digestOf, isDigest } from './digest.ts';
import { InvalidManifest } from './errors.ts';
import {
  dockerConfig,
  dockerList,
  dockerManifest,
  dockerSchema1,
  dockerSigned,
  isListType,
  isSchema1Type,
  ociConfig,
  ociIndex,
  ociManifest,
} from './media-types.ts';
import type { Platform } from './platform.ts';
import { schema1Layers, unsignedSchema1 } from './schema1.ts';
import type { RawManifest } from './transport.ts';

/** Larger manifests are refused unread. */
export const manifestLimit = 4 << 20;
/** Larger configs are refused. */
export const configLimit = 16 << 20;

export type { Descriptor, LayerDescriptor, ManifestJson };

export interface ImageManifest {
  readonly kind: 'image';
  readonly format: 'oci' | 'v2s2' | 'v2s1';
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly json: ManifestJson;
  /** Schema 1 has none. */
  readonly config?: Descriptor;
  /** Lowest first. */
  readonly layers: readonly LayerDescriptor[];
}

export interface ManifestList {
  readonly kind: 'list';
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly json: ManifestJson;
  readonly instances: readonly Descriptor[];
}

/**
 * Parses and checks a manifest of any type. A document that could be read as two types, or whose own type is not the one it is served with, is refused.
 * @throws InvalidManifest, InvalidDigest
 */
export function parseManifest(raw: RawManifest): ImageManifest | ManifestList {
  if (raw.bytes.length > manifestLimit)
    throw new InvalidManifest(`manifest of ${raw.bytes.length} bytes exceeds the limit of ${manifestLimit}`);
  const json = parseJsonObject(raw.bytes, 'manifest');
  const mediaType = raw.mediaType === '' ? guessManifestType(json) : raw.mediaType;
  const declared = json['mediaType'];
  if (declared !== undefined && declared !== '' && declared !== mediaType && !isSchema1Type(mediaType)) {
    throw new InvalidManifest(`manifest says that it is ${show(declared)} but is served as ${show(mediaType)}`);
  }
  if (isListType(mediaType)) {
    refuse(json, mediaType, ['config', 'layers', 'fsLayers', 'history']);
    const instances = listOf(json['manifests'], 'manifests').map((each) => parseDescriptor(each, 'manifests'));
    return { kind: 'list', mediaType, bytes: raw.bytes, json, instances };
  }
  if (mediaType === ociManifest || mediaType === dockerManifest) {
    refuse(json, mediaType, ['manifests', 'fsLayers', 'history']);
    const config = parseDescriptor(json['config'], 'config');
    const layers = listOf(json['layers'], 'layers').map((each) => parseDescriptor(each, 'layers'));
    return { kind: 'image', format: mediaType === ociManifest ? 'oci' : 'v2s2', mediaType, bytes: raw.bytes, json, config, layers };
  }
  if (isSchema1Type(mediaType)) {
    refuse(json, mediaType, ['config', 'layers', 'manifests']);
    if (json['schemaVersion'] !== 1) throw new InvalidManifest(`unsupported schema version ${show(json['schemaVersion'])}`);
    return { kind: 'image', format: 'v2s1', mediaType, bytes: raw.bytes, json, layers: schema1Layers(json) };
  }
  throw new InvalidManifest(`unsupported manifest media type ${show(mediaType)}`);
}

/** Like {@link parseManifest} where only an image will do. */
export function parseImageManifest(raw: RawManifest): ImageManifest {
  const parsed = parseManifest(raw);
  if (parsed.kind === 'list') throw new InvalidManifest(`expected the manifest of an image, got a list (${parsed.mediaType})`);
  return parsed;
}

/** The digest that a manifest goes by: of its bytes, and for signed schema 1 of what was signed. */
export function manifestDigest(bytes: Uint8Array): Digest {
  return digestOf(unsignedSchema1(bytes) ?? bytes);
}

/** The media type of a manifest that comes without one. '' where it cannot be told. */
export function guessManifestType(json: ManifestJson): string {
  const declared = json['mediaType'];
  if (typeof declared === 'string' && (isListType(declared) || declared === ociManifest || declared === dockerManifest)) return declared;
  if (json['schemaVersion'] === 1) return json['signatures'] === undefined || json['signatures'] === null ? dockerSchema1 : dockerSigned;
  if (json['schemaVersion'] !== 2) return '';
  const config = json['config'];
  if (isObject(config)) {
    if (config['mediaType'] === ociConfig) return ociManifest;
    if (config['mediaType'] === dockerConfig) return dockerManifest;
    return ociManifest;
  }
  const instances = json['manifests'];
  if (!Array.isArray(instances)) return '';
  const first: unknown = instances[0];
  if (isObject(first) && (first['mediaType'] === dockerManifest || first['mediaType'] === dockerList)) return dockerList;
  return ociIndex;
}

export function guessManifestTypeOf(bytes: Uint8Array): string {
  return guessManifestType(parseJsonObject(bytes, 'manifest'));
}

/** @throws InvalidManifest when it is no JSON object */
export function parseJsonObject(bytes: Uint8Array, what: string): ManifestJson {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InvalidManifest(`parsing ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!isObject(value)) throw new InvalidManifest(`parsing ${what}: not a JSON object`);
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks a descriptor as it lies in JSON. @throws InvalidManifest */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw new InvalidManifest(`${where}: descriptor is not an object`);
  const { mediaType, digest, size, urls, annotations, platform } = value;
  if (mediaType !== undefined && typeof mediaType !== 'string') throw new InvalidManifest(`${where}: mediaType is not a text`);
  if (!isDigest(digest)) throw new InvalidManifest(`${where}: invalid checksum digest format: ${show(digest)}`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < -1)
    throw new InvalidManifest(`${where}: invalid size ${show(size)} of ${digest}`);
  if (urls !== undefined && urls !== null && !(Array.isArray(urls) && urls.every((each) => typeof each === 'string')))
    throw new InvalidManifest(`${where}: urls of ${digest} are not a list of texts`);
  if (
    annotations !== undefined &&
    annotations !== null &&
    !(isObject(annotations) && Object.values(annotations).every((each) => typeof each === 'string'))
  ) {
    throw new InvalidManifest(`${where}: annotations of ${digest} are not texts`);
  }
  if (platform !== undefined && platform !== null && !isObject(platform))
    throw new InvalidManifest(`${where}: platform of ${digest} is not an object`);
  return {
    mediaType: mediaType ?? '',
    digest,
    size,
    ...(Array.isArray(urls) && urls.length > 0 ? { urls } : {}),
    ...(isObject(annotations) ? { annotations: annotations as Record<string, string> } : {}),
    ...(typeof value['data'] === 'string' ? { data: value['data'] } : {}),
    ...(isObject(platform) ? { platform: platform as unknown as Platform } : {}),
    ...(typeof value['artifactType'] === 'string' ? { artifactType: value['artifactType'] } : {}),
  };
}

function listOf(value: unknown, where: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidManifest(`${where} is not a list`);
  return value;
}

function refuse(json: ManifestJson, mediaType: string, fields: readonly string[]): void {
  const present = fields.find((field) => json[field] !== undefined);
  if (present !== undefined)
    throw new InvalidManifest(`rejecting ambiguous manifest, unexpected fields ${JSON.stringify([present])} in supposedly ${mediaType}`);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}

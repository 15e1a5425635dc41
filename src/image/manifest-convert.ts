import { type Digest, digestOf } from './digest.ts';
import { InvalidManifest } from './errors.ts';
import { goJson, sortKeys } from './go-json.ts';
import { configLimit, type Descriptor, type ImageManifest, type LayerDescriptor, parseImageManifest, parseJsonObject } from './manifest.ts';
import {
  decryptedType,
  dockerConfig,
  dockerForeignLayer,
  dockerForeignLayerGzip,
  dockerLayer,
  dockerLayerGzip,
  dockerManifest,
  encryptedType,
  isForeignLayer,
  isSchema1Type,
  ociConfig,
  ociForeignLayer,
  ociLayer,
  ociManifest,
} from './media-types.ts';
import { schema1Config } from './schema1.ts';

/** A manifest with the config that belongs to it. */
export interface ConvertedImage {
  readonly manifest: ImageManifest;
  /** undefined when the config is the one of before. */
  readonly config?: Uint8Array;
}

/** What became of a layer on its way; the order is the manifest's. */
export interface LayerUpdate {
  readonly digest: Digest;
  readonly size: number;
  /** 'gzip', 'zstd', 'none' when it was changed. */
  readonly compression?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What was done to the content, which the annotations of ocicrypt follow. */
  readonly crypto?: 'encrypted' | 'decrypted';
  /** Foreign layer that was fetched and is kept as an ordinary one. */
  readonly embedded?: boolean;
}

/** What a manifest of schema 1 does not tell of a layer. */
export interface LayerContent {
  readonly diffId: Digest;
  /** Of the blob. */
  readonly size: number;
  /** 'none' where the blob is no longer compressed, as schema 1 takes all to be. */
  readonly compression?: string;
}

/** The manifest with other blobs for its layers. */
export function updateLayers(manifest: ImageManifest, updates: readonly LayerUpdate[]): ImageManifest {
  if (manifest.format === 'v2s1') {
    const fsLayers = updates.map((update) => ({ blobSum: update.digest })).reverse();
    const { signatures: _, ...json } = manifest.json;
    return reparse(goJson({ ...json, fsLayers }, '   '), manifest.mediaType);
  }
  const { format } = manifest;
  const layers = manifest.layers.map((layer, index) => {
    const update = updates[index]!;
    return {
      ...layer,
      mediaType: layerMediaType(format, layer.mediaType, update),
      digest: update.digest,
      size: update.size,
      ...(update.annotations || update.crypto || (layer.annotations && update.digest !== layer.digest)
        ? { annotations: sortKeys({ ...annotationsKept(layer, update), ...update.annotations }) }
        : {}),
      ...(update.embedded ? { urls: undefined } : {}),
    };
  });
  return reparse(serialize(manifest, manifest.config!, layers), manifest.mediaType);
}

/** Decrypted layers lose what told how to decrypt them, and other blobs what told where the parts of the old one are. */
function annotationsKept({ annotations = {}, digest }: LayerDescriptor, update: LayerUpdate): Readonly<Record<string, string>> {
  const isGone = (name: string): boolean =>
    (update.crypto === 'decrypted' && name.startsWith('org.opencontainers.image.enc')) ||
    (update.digest !== digest && name.startsWith('io.github.containers.zstd-chunked.'));
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !isGone(name)));
}

function layerMediaType(format: 'oci' | 'v2s2', mediaType: string, update: LayerUpdate): string {
  if (update.crypto === 'decrypted') return plainMediaType(format, decryptedType(mediaType), update);
  const plain = plainMediaType(format, mediaType, update);
  return update.crypto === 'encrypted' ? encryptedType(plain) : plain;
}

function plainMediaType(format: 'oci' | 'v2s2', mediaType: string, update: LayerUpdate): string {
  if (update.compression === undefined && !update.embedded) return mediaType;
  const foreign = isForeignLayer(mediaType) && !update.embedded;
  const compression = update.compression ?? compressionOfType(mediaType);
  if (format === 'oci')
    return `${foreign ? ociForeignLayer : ociLayer}${compression === 'none' ? '' : `+${compression === 'gzip' ? 'gzip' : 'zstd'}`}`;
  if (compression === 'gzip') return foreign ? dockerForeignLayerGzip : dockerLayerGzip;
  if (compression === 'none') return foreign ? dockerForeignLayer : dockerLayer;
  throw new InvalidManifest(`layers compressed with ${compression} cannot be named in a manifest of type ${dockerManifest}`);
}

/** What a layer's media type says of its compression. */
export function compressionOfType(mediaType: string): 'gzip' | 'zstd' | 'none' {
  if (/[+.]gzip$/.test(mediaType)) return 'gzip';
  return /[+.]zstd$/.test(mediaType) ? 'zstd' : 'none';
}

/**
 * The image in another manifest type. A config from docker is written anew for OCI, so the image's id changes; the other way its bytes stay.
 * @param config bytes of the config, where there is one; @param contents of the layers that are not empty, lowest first; needed for schema 1
 */
export function convertManifest(
  manifest: ImageManifest,
  mediaType: string,
  config: Uint8Array | undefined,
  contents?: readonly LayerContent[],
): ConvertedImage {
  if (manifest.mediaType === mediaType) return { manifest };
  if (isSchema1Type(mediaType)) throw new InvalidManifest(`cannot convert a manifest of type ${manifest.mediaType} to ${mediaType}`);
  if (manifest.format === 'v2s1') {
    if (isSchema1Type(mediaType)) return { manifest };
    if (contents === undefined) throw new InvalidManifest('converting a schema 1 image needs the digests of its uncompressed layers');
    const converted = schema1Config(
      manifest.json,
      contents.map(({ diffId }) => diffId),
    );
    const layers = manifest.layers
      .filter((layer) => !layer.empty)
      .map((layer, index) => {
        const { size, compression } = contents[index]!;
        return { ...layer, size, mediaType: compression === 'none' ? dockerLayer : layer.mediaType };
      });
    const docker = build(dockerManifest, { mediaType: dockerConfig, size: converted.length, digest: digestOf(converted) }, layers);
    if (mediaType === dockerManifest) return { manifest: docker, config: converted };
    const oci = convertManifest(docker, mediaType, converted);
    return { manifest: oci.manifest, config: oci.config ?? converted };
  }
  if (config === undefined) throw new InvalidManifest('converting a manifest needs its config');
  if (mediaType === ociManifest) return toOci(manifest, config);
  if (mediaType === dockerManifest) return { manifest: toDocker(manifest) };
  throw new InvalidManifest(`cannot convert a manifest of type ${manifest.mediaType} to ${mediaType}`);
}

function toDocker(manifest: ImageManifest): ImageManifest {
  const config = manifest.config!;
  const { artifactType } = manifest.json;
  if (config.mediaType !== ociConfig && typeof artifactType === 'string')
    throw new InvalidManifest(
      `creating an updated image manifest: unsupported image-specific operation on artifact with type ${JSON.stringify(artifactType)}`,
    );
  if (config.mediaType !== ociConfig)
    throw new InvalidManifest(`unsupported OCI image config media type: ${JSON.stringify(config.mediaType)}`);
  const layers = manifest.layers.map((layer) => {
    const foreign = isForeignLayer(layer.mediaType);
    const compression = compressionOfType(layer.mediaType);
    if (compression === 'zstd')
      throw new InvalidManifest(
        `Error during manifest conversion: ${JSON.stringify(layer.mediaType)}: zstd compression is not supported for docker images`,
      );
    const mediaType =
      compression === 'gzip' ? (foreign ? dockerForeignLayerGzip : dockerLayerGzip) : foreign ? dockerForeignLayer : dockerLayer;
    return { mediaType, size: layer.size, digest: layer.digest, urls: layer.urls };
  });
  return build(dockerManifest, { mediaType: dockerConfig, size: config.size, digest: config.digest }, layers);
}

function toOci(manifest: ImageManifest, config: Uint8Array): ConvertedImage {
  const converted = new TextEncoder().encode(goJson(ociConfigOf(config)));
  const layers = manifest.layers.map((layer) => {
    const foreign = isForeignLayer(layer.mediaType);
    const compression = compressionOfType(layer.mediaType);
    return {
      mediaType: `${foreign ? ociForeignLayer : ociLayer}${compression === 'none' ? '' : `+${compression}`}`,
      digest: layer.digest,
      size: layer.size,
      urls: layer.urls,
    };
  });
  return {
    manifest: build(ociManifest, { mediaType: ociConfig, digest: digestOf(converted), size: converted.length }, layers),
    config: converted,
  };
}

/** docker's config with only what the OCI image specification knows, in its order. */
export function ociConfigOf(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > configLimit) throw new InvalidManifest(`config of ${bytes.length} bytes exceeds the limit of ${configLimit}`);
  const source = parseJsonObject(bytes, 'config');
  const run = (source['config'] ?? {}) as Record<string, unknown>;
  const history = Array.isArray(source['history']) ? (source['history'] as Record<string, unknown>[]) : [];
  return {
    ...pick(source, ['created', 'author']),
    architecture: source['architecture'] ?? '',
    os: source['os'] ?? '',
    ...pick(source, ['os.version', 'os.features', 'variant']),
    config: pick(run, ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal', 'ArgsEscaped']),
    rootfs: source['rootfs'] ?? { type: '', diff_ids: null },
    ...(history.length > 0
      ? { history: history.map((entry) => pick(entry, ['created', 'created_by', 'author', 'comment', 'empty_layer'])) }
      : {}),
  };
}

/** Keys that hold something, in the order given: Go's `omitempty`. */
function pick(source: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => !isEmpty(source[key])).map((key) => [key, source[key]]));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Makes a manifest of the two types that have a config. */
export function build(
  mediaType: string,
  config: Descriptor,
  layers: readonly LayerDescriptor[],
  annotations?: Readonly<Record<string, string>>,
): ImageManifest {
  const format = mediaType === ociManifest ? 'oci' : 'v2s2';
  return reparse(
    serialize({ format, mediaType, json: { schemaVersion: 2, mediaType, ...(annotations ? { annotations } : {}) } }, config, layers),
    mediaType,
  );
}

function serialize(
  manifest: Pick<ImageManifest, 'format' | 'mediaType' | 'json'>,
  config: Descriptor,
  layers: readonly LayerDescriptor[],
): string {
  const { json } = manifest;
  if (manifest.format === 'v2s2')
    return goJson({ schemaVersion: 2, mediaType: dockerManifest, config: dockerDescriptor(config), layers: layers.map(dockerDescriptor) });
  return goJson({
    schemaVersion: 2,
    ...(json['mediaType'] ? { mediaType: json['mediaType'] } : {}),
    ...(json['artifactType'] ? { artifactType: json['artifactType'] } : {}),
    config: ociDescriptor(config),
    layers: layers.map(ociDescriptor),
    ...(json['subject'] ? { subject: json['subject'] } : {}),
    ...(json['annotations'] && !isEmpty(json['annotations']) ? { annotations: json['annotations'] } : {}),
  });
}

function dockerDescriptor(descriptor: Descriptor): Record<string, unknown> {
  return {
    mediaType: descriptor.mediaType,
    size: descriptor.size,
    digest: descriptor.digest,
    ...(descriptor.urls?.length ? { urls: descriptor.urls } : {}),
  };
}

function ociDescriptor(descriptor: Descriptor): Record<string, unknown> {
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(descriptor.urls?.length ? { urls: descriptor.urls } : {}),
    ...(descriptor.annotations && Object.keys(descriptor.annotations).length > 0 ? { annotations: descriptor.annotations } : {}),
    ...(descriptor.data ? { data: descriptor.data } : {}),
    ...(descriptor.platform ? { platform: descriptor.platform } : {}),
    ...(descriptor.artifactType ? { artifactType: descriptor.artifactType } : {}),
  };
}

function reparse(text: string, mediaType: string): ImageManifest {
  return parseImageManifest({ bytes: new TextEncoder().encode(text), mediaType });
}

import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { CopyOptions, CopyResult } from './copy.ts';
import { type CopiedLayer, copyLayer, inParallel, type LayerCopy, type LayerToCopy, repositoryOf } from './copy-layer.ts';
import { imageTexts, newSignatures, sourceSignatures, storeSignatures } from './copy-signatures.ts';
import type { Descriptor } from './descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, isDigest } from './digest.ts';
import type { LayerEncryption } from './encryption/keys.ts';
import { InvalidManifest, ManifestTypeRejected } from './errors.ts';
import { type ImageManifest, isObject, manifestDigest, parseImageManifest, parseJsonObject } from './manifest.ts';
import { chooseManifestTypes } from './manifest-choice.ts';
import { type ConvertedImage, compressionOfType, convertManifest, type LayerContent, updateLayers } from './manifest-convert.ts';
import { dockerManifest, dockerSigned, isEncryptedLayer, isLayerType, isSchema1Type, ociConfig, ociManifest } from './media-types.ts';
import { readConfig } from './read-config.ts';
import { emptyLayer, emptyLayerDigest, isUnsigned } from './schema1.ts';
import {
  type BlobInfo,
  heldBy,
  type ImageDestination,
  type ImageSource,
  type RawManifest,
  type ReadableBlob,
  type RewritingSource,
  type StoredBlob,
} from './transport.ts';

export interface SingleCopy {
  readonly options: CopyOptions;
  /** Set when the image is an instance of a list. */
  readonly instance?: Digest;
  /** The instance is put beside its list rather than as the image itself. */
  readonly withinList?: boolean;
  /** Signatures stay behind: whoever copies the list has seen to them. */
  readonly topLevel: RawManifest;
}

const defaultParallel = 6;

/** Copies one image: layers, config, manifest, signatures. Within a list nothing is committed. */
export async function copySingle(
  source: ImageSource,
  destination: ImageDestination,
  manifest: ImageManifest,
  copy: SingleCopy,
): Promise<CopyResult> {
  const { options, instance } = copy;
  const say = (text: string): void => options.onProgress?.({ kind: 'text', text });
  const signatures = await sourceSignatures(source, destination, options, imageTexts, instance);
  const fixedBecause = whyFixed(destination, options, signatures.length > 0, copy);
  const encrypted = options.encryption !== undefined || (!options.decryption && manifest.layers.some(isEncryptedLayer));
  const { candidates } = chooseManifestTypes({
    sourceType: manifest.mediaType,
    ...(destination.manifestTypes ? { supported: destination.manifestTypes } : {}),
    ...(options.manifestType ? { forced: options.manifestType } : {}),
    onlyOci: fixedBecause === undefined && /^zstd/.test(options.compressionFormat ?? '') && destination.layerCompression === 'compress',
    encrypted,
    ...(fixedBecause === undefined ? {} : { fixedBecause }),
  });
  const mayBePresent = options.skipWhenPresent && signatures.length === 0 && !options.signers?.length && !encrypted;
  if (mayBePresent && candidates[0] === manifest.mediaType && (await isPresent(destination, manifest, options))) {
    say('Skipping: image already present at destination');
    return { manifest: manifest.bytes, mediaType: manifest.mediaType, digest: manifestDigest(manifest.bytes), skipped: true };
  }

  const held = manifest.config && heldBy(destination, manifest.config.digest);
  const isHeld = held !== undefined && digestOf(held, digestAlgorithm(manifest.config!.digest)) === manifest.config!.digest;
  const config = isHeld ? held : manifest.config ? await readConfig(source, manifest) : undefined;
  const diffIds = config ? diffIdsOf(config) : undefined;
  const presentConfig = manifest.config && repositoryOf(destination.reference) ? askFor(manifest.config, source, destination) : undefined;
  const needsDiffId = manifest.format === 'v2s1' && !isSchema1Type(candidates[0]!);
  const layers = await copyLayers(
    {
      source,
      destination,
      options,
      ...(fixedBecause === undefined ? {} : { fixedBecause }),
      // What is signed here is what the source has, not what someone else says is the same.
      canSubstitute: fixedBecause === undefined && !options.signers?.length,
      needsDiffId,
    },
    manifest,
    instance,
    diffIds,
  );
  // docker's manifests have no name for zstd and for encrypted layers, so such layers go into one that is OCI's already.
  const renamed =
    manifest.format === 'v2s2' && layers.some((layer) => layer.compression === 'zstd' || layer.crypto === 'encrypted')
      ? convertManifest(manifest, ociManifest, config)
      : undefined;
  const base = renamed?.manifest ?? manifest;
  const updated = layers.some((layer, index) => changes(layer, manifest, index)) ? updateLayers(base, layers) : base;
  if (updated !== manifest && fixedBecause !== undefined)
    throw new SelkieError(`copying the image would change its manifest, which is not possible: ${fixedBecause}`);
  const contents = layers
    .filter((_, index) => !manifest.layers[index]!.empty)
    .flatMap(({ diffId, size, compression }) => (diffId === undefined ? [] : { diffId, size, ...(compression ? { compression } : {}) }));

  const put = await putManifest(destination, {
    source: updated,
    config: renamed?.config ?? config,
    contents: contents.length === manifest.layers.filter(({ empty }) => !empty).length ? contents : undefined,
    candidates,
    copy,
    ...(presentConfig ? { presentConfig } : {}),
  });
  const all = [...signatures, ...(await newSignatures(put.bytes, destination, options))];
  if (all.length > 0) {
    say('Storing signatures');
    await storeSignatures(destination, all, copy.withinList ? put.digest : undefined);
  }
  if (!copy.withinList) await destination.commit(copy.topLevel);
  return { manifest: put.bytes, mediaType: put.mediaType, digest: put.digest, skipped: false };
}

function whyFixed(destination: ImageDestination, options: CopyOptions, signed: boolean, { withinList }: SingleCopy): string | undefined {
  if (options.preserveDigests) return 'Instructed to preserve digests';
  if (destination.fixedDigest !== undefined && !withinList) return 'Destination specifies a digest';
  return signed ? 'Would invalidate signatures' : undefined;
}

async function isPresent(destination: ImageDestination, manifest: ImageManifest, options: CopyOptions): Promise<boolean> {
  try {
    await using there = await destination.reference.openSource({ signal: options.signal, ...options.destination });
    const { bytes } = await there.manifest();
    return Buffer.compare(bytes, manifest.bytes) === 0;
  } catch (error) {
    debug(`Unable to create destination image: ${String(error)}`);
    return false;
  }
}

/** What a config says about the uncompressed layers; undefined where it is no image's config. */
function diffIdsOf(config: Uint8Array): Digest[] | undefined {
  let rootfs: unknown;
  try {
    rootfs = parseJsonObject(config, 'config')['rootfs'];
  } catch {
    return undefined;
  }
  const list = isObject(rootfs) ? rootfs['diff_ids'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.every(isDigest) ? list : undefined;
}

async function copyLayers(
  copy: LayerCopy,
  manifest: ImageManifest,
  instance: Digest | undefined,
  diffIds: readonly Digest[] | undefined,
): Promise<CopiedLayer[]> {
  const infos: readonly BlobInfo[] = (isRewriting(copy.source) ? await copy.source.layersForCopy(instance) : undefined) ?? manifest.layers;
  if (copy.fixedBecause !== undefined && infos.some(({ digest }, index) => digest !== manifest.layers[index]!.digest))
    throw new SelkieError(
      `Copying this image would require changing layer representation, which we cannot do: ${JSON.stringify(copy.fixedBecause)}`,
    );
  const encrypt = copy.options.encryption && layersToEncrypt(copy.options.encryption, infos.length);
  const known = diffIds?.length === infos.length ? diffIds : undefined;
  const { source, destination, options } = copy;
  const limit = source.parallel && destination.parallel ? (options.parallel ?? defaultParallel) : 1;
  const seen = new Map<string, Promise<CopiedLayer>>();
  return inParallel(infos, limit, (info, index) => {
    options.signal?.throwIfAborted();
    const layer: LayerToCopy = {
      info,
      index,
      ...(known ? { diffId: known[index]! } : {}),
      ...(manifest.layers[index]!.empty ? { empty: true } : {}),
      ...(encrypt?.has(index) ? { encrypt: true } : {}),
      ...(isRecompressible(manifest, index) ? {} : { opaque: true }),
    };
    const earlier = seen.get(info.digest);
    const result = earlier ? earlier.then(() => copyLayer(copy, layer)) : copyLayer(copy, layer);
    seen.set(info.digest, result);
    return result.then((copied) => asGiven(copied, info, manifest.layers[index]!.mediaType));
  });
}

/** A source that gives a layer in another compression than its manifest says has the new manifest say what it gave. */
function asGiven(copied: CopiedLayer, info: BlobInfo, described: string | undefined): CopiedLayer {
  if (copied.compression !== undefined || copied.digest !== info.digest || info.mediaType === undefined) return copied;
  const given = compressionOfType(info.mediaType);
  return given === compressionOfType(described ?? '') ? copied : { ...copied, compression: given };
}

/** Only layers of images may change their compression; what an artifact holds stays as it is. */
function isRecompressible({ format, config, layers }: ImageManifest, index: number): boolean {
  if (format === 'v2s1') return true;
  if (format === 'oci' && config?.mediaType !== ociConfig) return false;
  return isLayerType(layers[index]!.mediaType ?? '');
}

/** Positions of the layers; negative ones count from the top. @throws SelkieError */
function layersToEncrypt({ layers }: LayerEncryption, total: number): ReadonlySet<number> {
  if (layers.length === 0) return new Set(Array(total).keys());
  return new Set(
    layers.map((index) => {
      if (index >= total || index < -total)
        throw new SelkieError(`when choosing layers to encrypt, layer index ${index} out of range (${total} layers exist)`);
      return index < 0 ? index + total : index;
    }),
  );
}

function isRewriting(source: ImageSource): source is ImageSource & RewritingSource {
  return 'layersForCopy' in source;
}

function changes(layer: CopiedLayer, manifest: ImageManifest, index: number): boolean {
  const described = manifest.layers[index]!;
  const recompressed = layer.compression !== undefined && layer.compression !== compressionOfType(described.mediaType ?? '');
  return (
    recompressed || layer.digest !== described.digest || (layer.size !== described.size && described.size >= 0) || layer.embedded === true
  );
}

interface ManifestToPut {
  readonly source: ImageManifest;
  readonly config: Uint8Array | undefined;
  readonly contents: readonly LayerContent[] | undefined;
  readonly candidates: readonly string[];
  readonly copy: SingleCopy;
  /** Whether the destination has the source's config, as far as it was asked already. */
  readonly presentConfig?: Promise<StoredBlob | undefined>;
}

/** Puts config and manifest, in the first type that the destination does not refuse. */
async function putManifest(
  destination: ImageDestination,
  { source, config, contents, candidates, copy, presentConfig }: ManifestToPut,
): Promise<{ bytes: Uint8Array; mediaType: string; digest: Digest }> {
  const { options } = copy;
  const refusals: string[] = [];
  for (const candidate of candidates) {
    let converted: ConvertedImage;
    try {
      converted =
        isSchema1Type(candidate) && (source.format !== 'v2s1' || (candidate === dockerSigned && isUnsigned(source.json)))
          ? await convertToSchema1(destination, source, candidate, config)
          : convertManifest(source, candidate, config, contents);
    } catch (error) {
      if (!(error instanceof InvalidManifest) || candidate === candidates.at(-1)) throw error;
      refusals.push(`${candidate}(${error.message})`);
      continue;
    }
    const { manifest } = converted;
    const bytes = converted.config ?? config;
    if (manifest.config && bytes) {
      const present = manifest.config.digest === source.config?.digest ? presentConfig : undefined;
      await putConfig(destination, manifest.config, bytes, options, present);
    }
    const digest = manifestDigest(manifest.bytes);
    options.onProgress?.({ kind: 'text', text: 'Writing manifest to image destination' });
    try {
      const put = destination.putManifest({ bytes: manifest.bytes, mediaType: manifest.mediaType }, copy.withinList ? digest : undefined);
      if (repositoryOf(destination.reference)) await noteMeanwhile(put, options);
      await put;
      return { bytes: manifest.bytes, mediaType: manifest.mediaType, digest };
    } catch (error) {
      if (!(error instanceof ManifestTypeRejected) || candidates.length === 1) throw error;
      debug(`Manifest type ${candidate} was refused: ${error.message}`);
      refusals.push(`${candidate}(${error.message})`);
    }
  }
  throw new SelkieError(`Uploading manifest failed, attempted the following formats: ${refusals.join(', ')}`);
}

/** Opening the database takes as long as a registry thinks about a manifest, so it is done meanwhile. */
async function noteMeanwhile(request: Promise<unknown>, { blobInfo }: CopyOptions): Promise<void> {
  request.catch(() => undefined);
  await new Promise(setImmediate);
  blobInfo?.save();
}

/** Schema 1 has no config of its own, and a layer for each step. Signed again where what was signed has changed. */
async function convertToSchema1(
  destination: ImageDestination,
  source: ImageManifest,
  mediaType: string,
  config: Uint8Array | undefined,
): Promise<ConvertedImage> {
  const { signSchema1, toSchema1 } = await import('./schema1-write.ts');
  if (source.format === 'v2s1') return { manifest: parseImageManifest({ bytes: await signSchema1(source.bytes), mediaType }) };
  const docker = convertManifest(source, dockerManifest, config).manifest;
  const manifest = await toSchema1(docker, config!, mediaType, destination.reference.dockerReference);
  if (manifest.layers.some(({ empty }) => empty)) {
    const info: BlobInfo = { digest: emptyLayerDigest, size: emptyLayer.length };
    if (!(await destination.reuseBlob(info, { canSubstitute: false }))) await destination.putBlob(wholeBlob(emptyLayer), info, {});
  }
  return { manifest };
}

/** Asks a registry for the config beside the layers; of a repository of its own it takes it over. */
function askFor(
  { digest, size, mediaType }: Descriptor,
  source: ImageSource,
  destination: ImageDestination,
): Promise<StoredBlob | undefined> {
  const answer = destination.reuseBlob({ digest, size, mediaType }, { canSubstitute: false, source: repositoryOf(source.reference) });
  answer.catch(() => undefined);
  return answer;
}

async function putConfig(
  destination: ImageDestination,
  { digest, mediaType }: Descriptor,
  bytes: Uint8Array,
  { onProgress }: CopyOptions,
  present: Promise<StoredBlob | undefined> | undefined,
): Promise<void> {
  const info: BlobInfo = { digest, size: bytes.length, mediaType };
  onProgress?.({ kind: 'start', what: 'config', digest, size: bytes.length });
  const reused = await (present ?? destination.reuseBlob(info, { canSubstitute: false }));
  if (!reused) await destination.putBlob(wholeBlob(bytes), { ...info, digest: digestOf(bytes) === digest ? digest : undefined }, {});
  onProgress?.({ kind: 'end', what: 'config', digest, outcome: reused ? 'skipped' : 'copied' });
}

export function wholeBlob(bytes: Uint8Array): ReadableBlob {
  return {
    size: bytes.length,
    async *stream() {
      yield bytes;
    },
  };
}

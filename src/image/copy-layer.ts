import { tocDigestAnnotation } from '../archive/zstd-chunked/format.ts';
import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { BlobInfoCache } from './blob-info-cache.ts';
import type { CompressionFormat, CopyOptions } from './copy.ts';
import { type Digest, Digester, digestAlgorithm } from './digest.ts';
import { DigestMismatch } from './errors.ts';
import { type Compression, chunked, compressed, decompressed, detectCompression } from './layer-compression.ts';
import { compressionOfType, type LayerUpdate } from './manifest-convert.ts';
import { dockerLayer, dockerLayerGzip, isEncryptedLayer, isForeignLayer, ociLayer, ociLayerGzip, ociLayerZstd } from './media-types.ts';
import type { Reference } from './reference.ts';
import type {
  BlobInfo,
  ImageDestination,
  ImageReference,
  ImageSource,
  PutBlobOptions,
  ReadableBlob,
  ReuseOptions,
  StoredBlob,
} from './transport.ts';

export interface LayerCopy {
  readonly source: ImageSource;
  readonly destination: ImageDestination;
  readonly options: CopyOptions;
  /** Why the manifest may name no other blob in this one's place; undefined where it may. */
  readonly fixedBecause?: string;
  /** A blob that the destination knows to be the same in another compression will do. */
  readonly canSubstitute: boolean;
  /** The uncompressed content's digest must be known at the end (conversion of schema 1). */
  readonly needsDiffId: boolean;
}

/** What is to be copied, with what is known of it. */
export interface LayerToCopy {
  readonly info: BlobInfo;
  readonly index: number;
  readonly diffId?: Digest;
  readonly empty?: boolean;
  readonly encrypt?: boolean;
  /** Part of an artifact: no compression of ours, and no other form of it. */
  readonly opaque?: boolean;
}

export interface CopiedLayer extends LayerUpdate {
  readonly diffId?: Digest;
}

/** Sees that the destination has one layer, in the form that it wants. */
export async function copyLayer(copy: LayerCopy, layer: LayerToCopy): Promise<CopiedLayer> {
  const { source, destination, options } = copy;
  const { info, index } = layer;
  const onProgress = options.onProgress;
  const place: PutBlobOptions = {
    layerIndex: index,
    ...(layer.diffId ? { diffId: layer.diffId } : {}),
    ...(layer.empty ? { emptyLayer: true } : {}),
  };
  onProgress?.({ kind: 'start', what: 'blob', digest: info.digest, size: info.size });

  if (isForeignLayer(info.mediaType ?? '') && info.urls?.length && destination.acceptsForeignLayers) {
    onProgress?.({ kind: 'end', what: 'blob', digest: info.digest, outcome: 'skipped' });
    return { digest: info.digest, size: info.size };
  }
  const crypto = cryptoOf(copy, layer);
  const reused = crypto || (copy.needsDiffId && !layer.empty) ? undefined : await reuse(copy, layer, place);
  if (reused) {
    onProgress?.({ kind: 'end', what: 'blob', digest: info.digest, outcome: 'skipped' });
    return reused;
  }

  let done = 0;
  const blob = await source.blob(info);
  const counted = onProgress
    ? (count: number): void => {
        done += count;
        onProgress({ kind: 'bytes', digest: info.digest, done, size: info.size });
      }
    : undefined;
  const unpacked = onProgress && ((count: number) => onProgress({ kind: 'unpacked', digest: info.digest, done: count, size: info.size }));
  const placed = { ...place, ...(counted ? { onBytes: counted } : {}), ...(unpacked ? { onUnpacked: unpacked } : {}) };
  const result = await (crypto ? transferCrypto(crypto, copy, layer, blob, placed) : transfer(copy, layer, blob, placed));
  noteLocations(copy, info.digest, result.digest);
  onProgress?.({ kind: 'end', what: 'blob', digest: info.digest, outcome: 'copied' });
  return result;
}

/** Both ends have the blob now, as far as they are registries. */
function noteLocations({ source, destination, options }: LayerCopy, from: Digest, to: Digest): void {
  const origin = repositoryOf(source.reference);
  const target = repositoryOf(destination.reference);
  if (origin) options.blobInfo?.noteLocation(origin, from);
  if (target) options.blobInfo?.noteLocation(target, to);
}

/** Where an image lies among the repositories of registries, if it does. */
export const repositoryOf = ({ transport, dockerReference }: ImageReference): Reference | undefined =>
  transport === 'docker' ? dockerReference : undefined;

/** The same content in other forms that the manifest has a name for. */
function variantsOf(info: BlobInfo, cache: BlobInfoCache): BlobInfo[] {
  const isOci = info.mediaType?.startsWith(ociLayer) === true;
  const types: Record<string, string | undefined> = isOci
    ? { gzip: ociLayerGzip, zstd: ociLayerZstd }
    : { gzip: info.mediaType?.startsWith(dockerLayer) ? dockerLayerGzip : undefined };
  const listed = new Set((info.alternates ?? []).map(({ digest }) => digest));
  return cache.variants(info.digest).flatMap(({ digest, compressor }) => {
    const mediaType = types[compressor];
    return mediaType === undefined || listed.has(digest) ? [] : [{ digest, size: -1, mediaType }];
  });
}

async function reuse(copy: LayerCopy, { info }: LayerToCopy, place: PutBlobOptions): Promise<CopiedLayer | undefined> {
  const { source, destination, options, canSubstitute } = copy;
  const { compressionFormat, forceCompression } = options;
  const wanted = forceCompression && compressionFormat ? compressionFormat : undefined;
  const fits = (candidate: BlobInfo): boolean => wanted === undefined || compressionNameOf(candidate) === wanted;
  if (!fits(info)) return undefined;
  const target = repositoryOf(destination.reference);
  const cache = target ? options.blobInfo : undefined;
  const reuseOptions: ReuseOptions = {
    ...place,
    canSubstitute,
    source: repositoryOf(source.reference),
    ...(cache ? { locations: (registry: string, digest: Digest) => cache.locations(registry, digest) } : {}),
  };
  let stored = await tryReuse(destination, { ...info, alternates: (info.alternates ?? []).filter(fits) }, reuseOptions);
  if (!stored && canSubstitute && cache) {
    const [first, ...alternates] = variantsOf(info, cache).filter(fits);
    if (first) stored = await tryReuse(destination, { ...first, alternates }, reuseOptions);
  }
  if (!stored) return undefined;
  if (target) cache?.noteLocation(target, stored.digest, { renew: false });
  debug(`Skipping blob ${info.digest} (already present)${stored.digest === info.digest ? '' : ` as ${stored.digest}`}`);
  const changed = stored.digest !== info.digest;
  return {
    digest: stored.digest,
    size: stored.size >= 0 ? stored.size : info.size,
    ...(changed ? { compression: stored.compression ?? compressionOfType(stored.mediaType ?? '') } : {}),
  };
}

async function tryReuse(destination: ImageDestination, info: BlobInfo, options: ReuseOptions): Promise<StoredBlob | undefined> {
  try {
    return await destination.reuseBlob(info, options);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`trying to reuse blob ${info.digest} at destination: ${cause.message}`, { cause });
  }
}

async function transfer(copy: LayerCopy, layer: LayerToCopy, blob: ReadableBlob, place: PutBlobOptions): Promise<CopiedLayer> {
  const { destination, options } = copy;
  const { info } = layer;
  const canModify = copy.fixedBecause === undefined && !layer.opaque && !isEncryptedLayer(info);
  const embedded = isForeignLayer(info.mediaType ?? '') && canModify ? { embedded: true } : {};
  const preserve =
    !canModify || (destination.layerCompression === 'preserve' && !options.forceCompression) || options.compressionFormat === 'none';
  if (preserve && !copy.needsDiffId) {
    const stored = await destination.putBlob(blob, info, place);
    const { content } = stored;
    if (content) options.blobInfo?.noteContent(stored.digest, content.diffId, content.compressor);
    return { digest: stored.digest, size: stored.size, ...embedded };
  }

  const head = await detectCompression(blob.stream());
  const target = preserve ? head.compression : wantedCompression(destination, options, head.compression);
  const makesChunks = options.compressionFormat === 'zstd:chunked' && target === 'zstd';
  const isRechunked = makesChunks && options.forceCompression && info.annotations?.[tocDigestAnnotation] === undefined;
  if (target === head.compression && !isRechunked) {
    const diffId = copy.needsDiffId ? pendingDiffId(head.stream, head.compression, new Digester()) : undefined;
    const stored = await destination.putBlob({ size: info.size, stream: () => diffId?.stream ?? head.stream }, info, place);
    return { digest: stored.digest, size: stored.size, ...embedded, ...(diffId ? { diffId: await diffId.result() } : {}) };
  }
  // Verified here, as what is handed on has another digest, or none yet.
  const original = new Digester(digestAlgorithm(info.digest));
  const source = verified(head.stream, info, original);
  const diff = head.compression === 'none' && original.algorithm === 'sha256' ? undefined : new Digester();
  const plain = diff ? hashing(decompressed(source, head.compression), diff) : source;
  let annotations: Readonly<Record<string, string>> | undefined;
  const stream =
    target === 'none'
      ? plain
      : makesChunks
        ? chunked(plain, options.compressionLevel, (found) => (annotations = found))
        : compressed(plain, target as 'gzip' | 'zstd', options.compressionLevel);
  const known = target === 'none' && layer.diffId ? { digest: layer.diffId } : {};
  const stored = await destination.putBlob(
    { size: -1, stream: () => stream },
    { ...known, size: -1, mediaType: info.mediaType, annotations: info.annotations },
    place,
  );
  const diffId = diff?.digest() ?? info.digest;
  const { blobInfo } = options;
  blobInfo?.noteContent(info.digest, diffId, compressorName(head.compression));
  if (target === 'gzip' || target === 'none') blobInfo?.noteContent(stored.digest, diffId, compressorName(target));
  return { digest: stored.digest, size: stored.size, compression: target, diffId, ...embedded, ...(annotations ? { annotations } : {}) };
}

/** What is to be done to a layer's content. @throws SelkieError where it cannot be done */
function cryptoOf({ options, fixedBecause }: LayerCopy, { info, encrypt, opaque }: LayerToCopy): 'encrypted' | 'decrypted' | undefined {
  const isEncrypted = isEncryptedLayer(info);
  const crypto = isEncrypted && options.decryption ? 'decrypted' : encrypt && !isEncrypted ? 'encrypted' : undefined;
  if (crypto && fixedBecause !== undefined)
    throw new SelkieError(`layer ${info.digest} should be ${crypto}, but we can’t modify the manifest: ${fixedBecause}`);
  if (crypto === 'encrypted' && opaque)
    throw new SelkieError(`layer ${info.digest}: unsupported mediaType to encrypt: ${JSON.stringify(info.mediaType)}`);
  return crypto;
}

/** Decrypts before and encrypts after whatever is done to the compression. */
async function transferCrypto(
  crypto: 'encrypted' | 'decrypted',
  copy: LayerCopy,
  layer: LayerToCopy,
  blob: ReadableBlob,
  place: PutBlobOptions,
): Promise<CopiedLayer> {
  const { destination, options } = copy;
  const { info } = layer;
  const { decryptLayer, encryptLayer } = await import('./encryption/layer-cipher.ts');
  const arriving = verified(blob.stream(), info, new Digester(digestAlgorithm(info.digest)));
  const readable = crypto === 'decrypted' ? await decryptLayer(arriving, info, options.decryption!) : arriving;
  const head = await detectCompression(readable);
  const preserve = (destination.layerCompression === 'preserve' && !options.forceCompression) || options.compressionFormat === 'none';
  const target = preserve ? head.compression : wantedCompression(destination, options, head.compression);
  const changed = target !== head.compression;
  const plain = changed ? decompressed(head.stream, head.compression) : head.stream;
  const leaving = !changed || target === 'none' ? plain : compressed(plain, target as 'gzip' | 'zstd', options.compressionLevel);
  const encrypted = crypto === 'encrypted' ? encryptLayer(leaving, info, options.encryption!) : undefined;
  const stored = await destination.putBlob({ size: -1, stream: () => encrypted?.stream ?? leaving }, { size: -1 }, place);
  const annotations = await encrypted?.annotations();
  const named = target === 'none' || target === 'gzip' || target === 'zstd';
  return {
    digest: stored.digest,
    size: stored.size,
    crypto,
    ...(named ? { compression: target } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** As the blob info cache says it. */
const compressorName = (compression: Compression): string => (compression === 'none' ? 'uncompressed' : compression);

function wantedCompression(destination: ImageDestination, options: CopyOptions, current: Compression): Compression {
  const format = formatOf(options.compressionFormat);
  if (destination.layerCompression === 'decompress') return 'none';
  if (options.forceCompression && options.compressionFormat) return format;
  if (destination.layerCompression === 'compress' && current === 'none') return format;
  if (current === 'xz' || current === 'bzip2') return destination.layerCompression === 'compress' ? format : current;
  return current;
}

/** What is encrypted cannot be fetched in parts: there zstd:chunked is zstd. */
function formatOf(format: CompressionFormat | undefined): 'gzip' | 'zstd' {
  return format === 'zstd' || format === 'zstd:chunked' ? 'zstd' : 'gzip';
}

function compressionNameOf({ mediaType = '', annotations }: BlobInfo): CompressionFormat {
  const compression = compressionOfType(mediaType);
  return compression === 'zstd' && annotations?.[tocDigestAnnotation] !== undefined ? 'zstd:chunked' : compression;
}

async function* verified(source: AsyncIterable<Uint8Array>, info: BlobInfo, digester: Digester): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    digester.update(chunk);
    if (info.size >= 0 && digester.bytes > info.size)
      throw new DigestMismatch(`${info.digest} of ${info.size} bytes`, `more than ${info.size} bytes`);
    yield chunk;
  }
  const actual = digester.digest();
  if (actual !== info.digest) throw new DigestMismatch(info.digest, actual);
}

async function* hashing(source: AsyncIterable<Uint8Array>, digester: Digester): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    digester.update(chunk);
    yield chunk;
  }
}

/** Passes a compressed stream on and learns, beside, the digest of what it holds. */
function pendingDiffId(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  digester: Digester,
): { stream: AsyncIterable<Uint8Array>; result: () => Promise<Digest> } {
  if (compression === 'none') return { stream: hashing(source, digester), result: async () => digester.digest() };
  const queue: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  async function* copyOf(): AsyncGenerator<Uint8Array> {
    while (true) {
      const next = queue.shift();
      if (next) yield next;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const finished = (async () => {
    for await (const chunk of decompressed(copyOf(), compression)) digester.update(chunk);
    return digester.digest();
  })();
  finished.catch(() => undefined);
  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        queue.push(Uint8Array.prototype.slice.call(chunk));
        wake?.();
        yield chunk;
      }
    } finally {
      ended = true;
      wake?.();
    }
  }
  return { stream: stream(), result: () => finished };
}

/** Does something for each of a list, so many at a time; the first failure ends it. */
export async function inParallel<T, R>(items: readonly T[], limit: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const run = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runs = await Promise.allSettled(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, run));
  const failure = runs.find((each) => each.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}

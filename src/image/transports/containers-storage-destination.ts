import { UnpackFailed } from '../../archive/errors.ts';
import { sha256Hex } from '../../archive/sha256.ts';
import type { UnpackSource } from '../../archive/unpack.ts';
import { debug } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import { layerChainId, type StagedLayer, stageLayer, type UnpackProgress } from '../../storage/layer-staging.ts';
import type { LayerContent } from '../../storage/layers.ts';
import type { PartialDownload } from '../../storage/partial-downloads.ts';
import { type Digest, Digester, digestAlgorithm, digestHex, verifyDigest } from '../digest.ts';
import { DigestMismatch, InvalidManifest } from '../errors.ts';
import { goJson } from '../go-json.ts';
import { configLimit, type ImageManifest, manifestDigest, parseManifest } from '../manifest.ts';
import { isEncryptedLayer } from '../media-types.ts';
import { formatReference } from '../reference.ts';
import { schema1Config } from '../schema1.ts';
import type {
  BlobInfo,
  ImageDestination,
  PutBlobInfo,
  PutBlobOptions,
  RawManifest,
  ReadableBlob,
  ResumableBlob,
  ReuseOptions,
  StoredBlob,
} from '../transport.ts';
import { ArrivingBlob, isWorthKeeping } from './arriving-blob.ts';
import type { StorageReference } from './containers-storage-reference.ts';
import { fetchInParts } from './partial-layer.ts';

/** Where the content of one of the image's layers is until the image is made. */
type PendingLayer =
  | { kind: 'staged'; staged: StagedLayer; diffId: string }
  | { kind: 'stored'; layerId: string; diffId: string }
  | { kind: 'empty' };
type Placed = Exclude<PendingLayer, { kind: 'empty' }>;

interface PutManifest {
  raw: RawManifest;
  digest: Digest;
}

/**
 * Writes an image into a store. Layers are unpacked while they arrive, several at once, and published in order at the end; what is
 * there already is used again. Nothing is visible before commit.
 */
export class StorageDestination implements ImageDestination {
  readonly layerCompression = 'preserve';
  readonly acceptsForeignLayers = false;
  readonly parallel = true;
  private readonly pending = new Map<number, PendingLayer>();
  private readonly blobs = new Map<string, Uint8Array>();
  private readonly downloads = new Map<Digest, PartialDownload>();
  private readonly signatures: { instance?: Digest; blobs: readonly Uint8Array[] }[] = [];
  private manifest: PutManifest | undefined;

  constructor(readonly reference: StorageReference) {}

  get fixedDigest(): Digest | undefined {
    return this.reference.dockerReference?.digest;
  }

  /** A layer that any image of the store has, by its compressed or uncompressed digest, is not sent again. */
  async reuseBlob(info: BlobInfo, options: ReuseOptions): Promise<StoredBlob | undefined> {
    const { layerIndex, diffId } = options;
    if (layerIndex === undefined) return this.blobs.has(info.digest) ? info : undefined;
    if (options.emptyLayer) {
      this.pending.set(layerIndex, { kind: 'empty' });
      return info;
    }
    // Whoever lacks the key does not get from here what someone else decrypted.
    if (isEncryptedLayer(info)) return undefined;
    const { layers } = this.reference.store;
    const known =
      layers.byCompressedDigest(info.digest)[0] ?? layers.byDiffDigest(info.digest)[0] ?? (diffId && layers.byDiffDigest(diffId)[0]);
    if (!known?.diffDigest) return undefined;
    this.pending.set(layerIndex, { kind: 'stored', layerId: known.id, diffId: known.diffDigest });
    return info;
  }

  /** Of an image whose config or manifest it is; what cannot be read is not held. */
  held(digest: Digest): Uint8Array | undefined {
    const { images } = this.reference.store;
    const key = `manifest-${digest}`;
    const byConfig = images.find(digestHex(digest));
    const image = byConfig ?? images.byDigest(digest).find(({ bigDataNames }) => bigDataNames.includes(key));
    try {
      return image && images.bigData(image.id, byConfig ? digest : key);
    } catch (error) {
      debug(`${digest} is not in image ${image?.id}: ${(error as Error).message}`);
      return undefined;
    }
  }

  async putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    const { layerIndex } = options;
    if (layerIndex === undefined) return this.putSmallBlob(blob, info);
    if (options.emptyLayer) {
      this.pending.set(layerIndex, { kind: 'empty' });
      return { digest: info.digest!, size: info.size };
    }
    if (isEncryptedLayer(info))
      throw new SelkieError(
        `writing blob: layer ${layerIndex} (blob "${info.digest}"/""/"${info.digest}") does not match config's DiffID "${options.diffId}": it is encrypted, and there is no key for it (--decryption-key)`,
      );
    const inParts = await fetchInParts(this.reference.store, blob, info, options);
    if (inParts) {
      const { staged, content } = inParts;
      this.pending.set(layerIndex, { kind: 'staged', staged, diffId: content.diffId });
      checkContent(content, { size: -1 }, options.diffId);
      return { digest: info.digest!, size: info.size };
    }
    const kept = this.keep(blob, info);
    for (;;) {
      const staged = await stageLayer(this.reference.store);
      using arriving = kept && new ArrivingBlob(kept.download, kept.blob, options.onBytes);
      try {
        const content = await staged.unpack(arriving ?? sourceOf(blob, info.digest), progressOf(options, arriving !== undefined));
        checkContent(content, info, options.diffId);
        this.pending.set(layerIndex, { kind: 'staged', staged, diffId: content.diffId });
        const compressor = ['uncompressed', 'bzip2', 'gzip', 'xz', 'zstd'][content.compression]!;
        const digest = content.compressedDigest as Digest;
        return { digest: info.digest ?? digest, size: content.compressedSize, content: { diffId: content.diffId as Digest, compressor } };
      } catch (error) {
        await staged[Symbol.asyncDispose]();
        if (!isOfContent(error)) throw error;
        // What was kept is not trusted: without it, once more. What came just now is not kept if it is not the blob.
        if (arriving?.hadBytes || error instanceof DigestMismatch) kept?.download.restart();
        if (!arriving?.hadBytes) throw error;
        debug(`What was kept of ${info.digest} is of no use (${(error as Error).message}): downloading it anew`);
      }
    }
  }

  /** Where a blob that may break off is kept until the image is there. */
  private keep(blob: ReadableBlob, info: PutBlobInfo): { download: PartialDownload; blob: ResumableBlob } | undefined {
    if (!isWorthKeeping(blob, info)) return undefined;
    const download = this.downloads.get(info.digest!) ?? this.reference.store.downloads.open(digestHex(info.digest!));
    if (!download) return undefined;
    this.downloads.set(info.digest!, download);
    return { download, blob };
  }

  async putManifest(raw: RawManifest, _instance?: Digest): Promise<void> {
    this.manifest = { raw, digest: manifestDigest(raw.bytes) };
  }

  async putSignatures(blobs: readonly Uint8Array[], instance?: Digest): Promise<void> {
    this.signatures.push({ blobs, ...(instance ? { instance } : {}) });
  }

  async commit(topLevel: RawManifest): Promise<void> {
    const { raw, digest } = this.manifest!;
    const manifest = parseManifest(raw);
    if (manifest.kind === 'list') throw new InvalidManifest('a list of images cannot be stored as an image');
    const { store } = this.reference;
    await this.stageLayers(manifest);
    const id = this.imageId(manifest);
    const config = manifest.config && this.blobs.get(manifest.config.digest);
    const topDigest = manifestDigest(topLevel.bytes);
    const { items, sizes } = this.signatureData();
    const record = {
      id,
      names: this.reference.dockerReference ? [formatReference(this.reference.dockerReference)] : [],
      metadata: goJson(sizes),
      created: createdOf(config),
      bigData: [
        ...(manifest.config && config ? [{ key: manifest.config.digest, data: config }] : []),
        ...(topDigest === digest ? [] : [{ key: `manifest-${topDigest}`, data: topLevel.bytes, digest: topDigest }]),
        { key: `manifest-${digest}`, data: raw.bytes, digest },
        { key: 'manifest', data: raw.bytes, digest },
        ...items,
      ],
    };
    // At once, so that nobody removes a layer that no image has yet.
    store.transaction(() => store.images.create({ ...record, layer: store.layers.atOnce(() => this.publishLayers(manifest)) }));
    for (const download of this.downloads.values()) download.remove();
    // Also those of a pull that was killed when the layers were there already.
    store.downloads.discard(manifest.layers.map((layer) => digestHex(layer.digest)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const layer of this.pending.values()) if (layer.kind === 'staged') await layer.staged[Symbol.asyncDispose]();
    this.pending.clear();
    for (const download of this.downloads.values()) download[Symbol.dispose]();
    if (this.downloads.size > 0) this.reference.store.downloads.tidy();
  }

  private async putSmallBlob(blob: ReadableBlob, info: PutBlobInfo): Promise<StoredBlob> {
    const digester = new Digester(info.digest ? digestAlgorithm(info.digest) : undefined);
    const chunks: Uint8Array[] = [];
    for await (const chunk of blob.stream()) {
      digester.update(chunk);
      if (digester.bytes > configLimit) throw new InvalidManifest(`config of more than ${configLimit} bytes exceeds the limit`);
      chunks.push(Uint8Array.prototype.slice.call(chunk));
    }
    const digest = digester.digest();
    if (info.digest && digest !== info.digest) throw new DigestMismatch(info.digest, digest, 'config');
    this.blobs.set(digest, Buffer.concat(chunks));
    return { digest, size: digester.bytes };
  }

  /** Readies every layer that is not in its place yet, and brings them to disk. */
  private async stageLayers(manifest: ImageManifest): Promise<void> {
    const { layers } = this.reference.store;
    for (const { index, id, layer } of this.places(manifest)) {
      if (layers.get(id)) continue;
      if (layer.kind === 'stored') this.pending.set(index, await this.stageCopy(layer.layerId, layer.diffId));
    }
    for (const layer of this.pending.values()) if (layer.kind === 'staged') layer.staged.flush();
  }

  /** The content is known from another image, but upon other layers: it is made once more from there. */
  private async stageCopy(layerId: string, diffId: string): Promise<PendingLayer> {
    const { store } = this.reference;
    const staged = await stageLayer(store);
    try {
      const content = await staged.unpack(store.layers.diffTar(layerId));
      if (content.diffId !== diffId) throw new DigestMismatch(diffId as Digest, content.diffId as Digest, 'layer');
      return { kind: 'staged', staged, diffId };
    } catch (error) {
      await staged[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Within the locks of the store. @returns the top layer, undefined for an image without layers */
  private publishLayers(manifest: ImageManifest): string | undefined {
    const { layers } = this.reference.store;
    let top: string | undefined;
    for (const { id, parent, layer } of this.places(manifest)) {
      if (layer.kind === 'staged' && !layers.get(id)) layer.staged.publish(id, parent);
      top = id;
    }
    return top;
  }

  private places(manifest: ImageManifest): { index: number; id: string; parent: string | undefined; layer: Placed }[] {
    let parent: string | undefined;
    return [...manifest.layers.keys()].flatMap((index) => {
      const layer = this.pending.get(index);
      if (!layer) throw new InvalidManifest(`layer ${index} of the image was never copied`);
      if (layer.kind === 'empty') return [];
      const place = { index, id: layerChainId(parent, layer.diffId), parent, layer };
      parent = place.id;
      return [place];
    });
  }

  private imageId(manifest: ImageManifest): string {
    const named = this.reference.id;
    if (named !== undefined) return named;
    if (manifest.config) return manifest.config.digest.slice(manifest.config.digest.indexOf(':') + 1);
    // One without a config goes by the one that it would have.
    if (manifest.format === 'v2s1')
      return sha256Hex(
        schema1Config(
          manifest.json,
          this.places(manifest).map(({ layer }) => layer.diffId as Digest),
        ),
      );
    return sha256Hex(manifest.bytes);
  }

  private signatureData(): { items: { key: string; data: Uint8Array }[]; sizes: Record<string, unknown> } {
    const items: { key: string; data: Uint8Array }[] = [];
    const sizes: { 'signature-sizes'?: number[]; 'signatures-sizes'?: Record<string, number[]> } = {};
    // Those of the image itself are kept twice, so that they are found by its digest as well.
    const own = this.signatures
      .filter(({ instance }) => instance === undefined)
      .map(({ blobs }) => ({ blobs, instance: this.manifest!.digest }));
    for (const { instance, blobs } of [...this.signatures, ...own]) {
      const lengths = blobs.map((blob) => blob.length);
      if (instance === undefined) sizes['signature-sizes'] = lengths;
      else sizes['signatures-sizes'] = { ...sizes['signatures-sizes'], [instance]: lengths };
      items.push({ key: instance === undefined ? 'signatures' : `signature-${digestHex(instance)}`, data: Buffer.concat(blobs) });
    }
    return { items, sizes };
  }
}

function progressOf({ onBytes, onUnpacked }: PutBlobOptions, isCounted: boolean): UnpackProgress {
  return { ...(onBytes && !isCounted ? { onBytes } : {}), ...(onUnpacked ? { onUnpacked } : {}) };
}

/** @throws DigestMismatch, InvalidManifest */
function checkContent(content: LayerContent, { digest, size }: PutBlobInfo, diffId: Digest | undefined): void {
  if (digest && isSha256(digest) && digest !== content.compressedDigest) throw new DigestMismatch(digest, content.compressedDigest);
  if (diffId && diffId !== content.diffId) throw new DigestMismatch(diffId, content.diffId as Digest, 'layer');
  if (size >= 0 && content.compressedSize !== size)
    throw new InvalidManifest(`blob ${digest} has ${content.compressedSize} bytes where the manifest says ${size}`);
}

/** Whether it is the bytes that are wrong, rather than the way to them or the place for them. */
const isOfContent = (error: unknown): boolean =>
  error instanceof DigestMismatch ||
  error instanceof InvalidManifest ||
  (error instanceof UnpackFailed && !/no space left/.test(error.reason));

/** A file of this machine is read by the helper itself. Its SHA-256 it finds on the way; other digests are taken here. */
function sourceOf(blob: ReadableBlob, digest: Digest | undefined): UnpackSource {
  if (digest && !isSha256(digest)) return verifyDigest(blob.stream(), digest);
  return blob.file ?? blob.stream();
}

const isSha256 = (digest: Digest): boolean => digestAlgorithm(digest) === 'sha256';

function createdOf(config: Uint8Array | undefined): string | undefined {
  if (!config) return undefined;
  try {
    const { created } = JSON.parse(new TextDecoder().decode(config)) as { created?: unknown };
    return typeof created === 'string' && !Number.isNaN(Date.parse(created)) ? created : undefined;
  } catch {
    return undefined;
  }
}

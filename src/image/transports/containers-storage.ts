import type { ImageRecord, Store } from '../../storage/store.ts';
import { type Digest, isDigest } from '../digest.ts';
import { ImageMissing, InvalidManifest, ManifestNotFound } from '../errors.ts';
import { guessManifestTypeOf, manifestLimit, parseManifest } from '../manifest.ts';
import { chooseInstance } from '../manifest-list.ts';
import { dockerLayer, dockerLayerGzip, ociLayer, ociLayerGzip, ociLayerZstd } from '../media-types.ts';
import { emptyLayer, emptyLayerDigest } from '../schema1.ts';
import type { BlobInfo, ImageSource, RawManifest, ReadableBlob, RewritingSource, TransportOptions } from '../transport.ts';
import { StorageReference, storageReference } from './containers-storage-reference.ts';

export { StorageReference, storageReference };

type LayerOf = NonNullable<ReturnType<Store['layers']['get']>>;

/** @throws ManifestNotFound */
export function openStorageSource(reference: StorageReference, options: TransportOptions): StorageSource {
  let record = reference.find();
  if (!record) throw new ImageMissing(`reference ${JSON.stringify(reference.name)} does not resolve to an image ID`);
  const digest = reference.dockerReference?.digest;
  const manifest = readManifest(reference.store, record, digest && record.bigDataNames.includes(`manifest-${digest}`) ? digest : undefined);
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'list' && record.layer === undefined) {
    // A list of its own: the image for the platform may be here as a record of its own.
    const instance = chooseInstance(parsed, options.platform);
    const own = reference.store.images.byDigest(instance.digest)[0];
    if (own && !record.bigDataNames.includes(`manifest-${instance.digest}`)) record = own;
  }
  return new StorageSource(reference, record, digest);
}

function readManifest(store: Store, record: ImageRecord, digest: Digest | undefined): RawManifest {
  // The record's own digest may be that of a list which the image came from, or of a manifest that it had before.
  const key = digest === undefined ? 'manifest' : `manifest-${digest}`;
  let bytes: Uint8Array;
  try {
    bytes = store.images.bigData(record.id, key);
  } catch (cause) {
    throw new ManifestNotFound(`reading manifest for image ${JSON.stringify(record.id)}: file does not exist`, { cause });
  }
  if (bytes.length > manifestLimit) throw new InvalidManifest(`manifest of ${bytes.length} bytes exceeds the limit of ${manifestLimit}`);
  return { bytes, mediaType: guessManifestTypeOf(bytes) };
}

/** An image of the store. Layers are given as the uncompressed tars that they were, made again from what is on disk. */
export class StorageSource implements ImageSource, RewritingSource {
  readonly parallel = true;
  readonly #store: Store;
  #chain?: LayerOf[];

  constructor(
    readonly reference: StorageReference,
    readonly record: ImageRecord,
    readonly digest: Digest | undefined,
  ) {
    this.#store = reference.store;
  }

  async manifest(instance?: Digest): Promise<RawManifest> {
    const own = this.digest !== undefined && this.record.bigDataNames.includes(`manifest-${this.digest}`) ? this.digest : undefined;
    return readManifest(this.#store, this.record, instance ?? own);
  }

  /** The layers that the image is made of, lowest first. */
  #layers(): LayerOf[] {
    if (this.#chain) return this.#chain;
    const chain: LayerOf[] = [];
    for (let id = this.record.layer; id; ) {
      const layer = this.#store.layers.get(id);
      if (!layer) throw new InvalidManifest(`layer ${id} of image ${this.record.id} is not in the store`);
      chain.unshift(layer);
      id = layer.parent;
    }
    this.#chain = chain;
    return chain;
  }

  async layersForCopy(instance?: Digest): Promise<BlobInfo[] | undefined> {
    const manifest = parseManifest(await this.manifest(instance));
    if (manifest.kind === 'list') return undefined;
    const chain = this.#layers();
    const isOci = manifest.format === 'oci';
    let position = 0;
    return manifest.layers.map((described): BlobInfo => {
      if (described.empty) return described;
      const layer = chain[position++];
      if (!layer) throw new InvalidManifest(`image ${this.record.id} has fewer layers in the store than in its manifest`);
      if (!isDigest(layer.diffDigest)) throw new InvalidManifest(`layer ${layer.id} has no digest of its uncompressed content`);
      return {
        digest: layer.diffDigest,
        size: layer.diffSize ?? -1,
        mediaType: isOci ? ociLayer : dockerLayer,
        ...(described.annotations ? { annotations: described.annotations } : {}),
        ...(described.urls ? { urls: described.urls } : {}),
        alternates: compressedForm(layer, isOci),
      };
    });
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    const layer = this.#layers().find((each) => each.diffDigest === info.digest || each.compressedDiffDigest === info.digest);
    if (layer && !this.record.bigDataNames.includes(info.digest)) {
      const { layers } = this.#store;
      return { size: layer.diffSize ?? -1, stream: () => layers.diffTar(layer.id) };
    }
    // No layer of a store stands for a step that changed nothing.
    if (info.digest === emptyLayerDigest) return { size: emptyLayer.length, stream: () => one(emptyLayer) };
    if (!this.record.bigDataNames.includes(info.digest))
      throw new ManifestNotFound(`unable to find a layer or a config of digest ${info.digest} in image ${this.record.id}`);
    const bytes = this.#store.images.bigData(this.record.id, info.digest);
    return { size: bytes.length, stream: () => one(bytes) };
  }

  async signatures(instance?: Digest): Promise<Uint8Array[]> {
    const metadata = JSON.parse(this.record.metadata || '{}') as {
      'signature-sizes'?: number[] | null;
      'signatures-sizes'?: Record<string, number[]>;
    };
    const sizes = instance === undefined ? metadata['signature-sizes'] : metadata['signatures-sizes']?.[instance];
    if (!sizes?.length) return [];
    const key = instance === undefined ? 'signatures' : `signature-${instance.slice(instance.indexOf(':') + 1)}`;
    const bytes = this.#store.images.bigData(this.record.id, key);
    let offset = 0;
    return sizes.map((size) => bytes.subarray(offset, (offset += size)));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The blob that the layer came as, for places that have it already. */
function compressedForm(layer: LayerOf, isOci: boolean): BlobInfo[] {
  const { compressedDiffDigest: digest, compressedSize: size = -1, compression } = layer;
  if (!isDigest(digest) || digest === layer.diffDigest) return [];
  if (compression === 2) return [{ digest, size, mediaType: isOci ? ociLayerGzip : dockerLayerGzip }];
  return compression === 4 && isOci ? [{ digest, size, mediaType: ociLayerZstd }] : [];
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Removes the image; layers that others need stay. */
export function deleteStoredImage(reference: StorageReference): void {
  const record = reference.find();
  if (!record) throw new ImageMissing(`reference ${JSON.stringify(reference.name)} does not resolve to an image ID`);
  reference.store.images.remove(record.id);
}

import type { Credentials } from '../config/auth-json.ts';
import type { Digest } from './digest.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** Where an image lives, as typed: `transport:name`. */
export interface ImageReference {
  /** `docker`, `oci`, `containers-storage` … */
  readonly transport: string;
  /** The name within the transport, such that `${transport}:${name}` parses to the same. */
  readonly name: string;
  /** The docker reference that the image goes by, where the transport has one. */
  readonly dockerReference?: Reference;
  /** What policy.json's scopes are compared with, most specific first. */
  readonly policyScopes: readonly string[];
  openSource(options: TransportOptions): Promise<ImageSource>;
  openDestination(options: TransportOptions): Promise<ImageDestination>;
  /** Removes the image where the transport can. */
  delete(options: TransportOptions): Promise<void>;
}

/** `transport:name` for people and for {@link parseImageName}. */
export function formatImageName(reference: Pick<ImageReference, 'transport' | 'name'>): string {
  return `${reference.transport}:${reference.name}`;
}

export type { Credentials };

/** All that a place may want to know to be opened; each reads what concerns it. */
export interface TransportOptions {
  readonly authFile?: string;
  readonly credentials?: Credentials;
  readonly registryToken?: string;
  /** Ask for nothing from auth files. */
  readonly anonymous?: boolean;
  /** undefined: as registries.conf says. */
  readonly tlsVerify?: boolean;
  readonly certDir?: string;
  readonly userAgent?: string;
  readonly registriesConf?: string;
  readonly registriesConfDir?: string;
  readonly registriesDir?: string;
  /** Platform to choose from a list; missing parts are this machine's. */
  readonly platform?: Partial<Platform>;
  readonly daemonHost?: string;
  /** Directory for oci: blobs shared by several layouts. */
  readonly sharedBlobDir?: string;
  /** What a destination does to layers that are not compressed, where it would compress them. */
  readonly acceptUncompressedLayers?: boolean;
  readonly compressLayers?: boolean;
  readonly decompressLayers?: boolean;
  /** For docker-archive: further names for the image. */
  readonly additionalTags?: readonly Reference[];
  /** Parent of temporary files; default $TMPDIR or /var/tmp. */
  readonly temporaryDirectory?: string;
  readonly signal?: AbortSignal;
}

/** A blob as a manifest names it. `size` is -1 where unknown. */
export interface BlobInfo {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType?: string;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Blobs known to hold the same content in another compression. */
  readonly alternates?: readonly BlobInfo[];
}

/** An open blob. Where its bytes are a file of this machine, `file` tells, so that a helper can read them itself. */
export interface ReadableBlob {
  /** -1 where unknown. */
  readonly size: number;
  readonly file?: { readonly path: string; readonly offset: number; readonly length: number };
  /** A chunk is valid until the next one is asked for. */
  stream(): AsyncIterable<Uint8Array>;
}

/** A blob of a place that may break off, and that can be read from a byte on. */
export interface ResumableBlob extends ReadableBlob {
  streamFrom(offset: number): AsyncIterable<Uint8Array>;
}

/** A blob of a place that can give parts of it. */
export interface PartialBlob extends ReadableBlob {
  /** Exactly these bytes, one range behind the other. @throws PartsUnusable where the place gives only the whole */
  parts(ranges: readonly { readonly offset: number; readonly end: number }[]): AsyncIterable<Uint8Array>;
}

export interface RawManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export interface ImageSource extends AsyncDisposable {
  readonly reference: ImageReference;
  /** The manifest, or that of an instance of the list. At most 4 MiB. @throws ManifestNotFound */
  manifest(instance?: Digest): Promise<RawManifest>;
  /** Bytes are not verified by the source. */
  blob(info: BlobInfo): Promise<ReadableBlob>;
  /** Stored signature blobs, of the image or of an instance. */
  signatures(instance?: Digest): Promise<Uint8Array[]>;
  /** Whether two blobs may be read at the same time. */
  readonly parallel: boolean;
}

/** A source whose layers are not the bytes that its manifest names, such as a store that keeps them unpacked. */
export interface RewritingSource {
  /** What is to be copied in place of the manifest's layers, one for each, or undefined for the manifest's own. */
  layersForCopy(instance?: Digest): Promise<BlobInfo[] | undefined>;
}

export type LayerCompression = 'preserve' | 'compress' | 'decompress';

export interface PutBlobOptions {
  /** Position among the manifest's layers; undefined for a config. */
  readonly layerIndex?: number;
  /** What the image's config says about the uncompressed layer. */
  readonly diffId?: Digest;
  /** An empty layer of a schema 1 image: nothing to keep. */
  readonly emptyLayer?: boolean;
  readonly onBytes?: (count: number) => void;
  /** Bytes of the blob that are unpacked, where the destination unpacks. */
  readonly onUnpacked?: (done: number) => void;
}

export interface ReuseOptions extends PutBlobOptions {
  /** Another blob of the same content, compressed in another way, will do. */
  readonly canSubstitute: boolean;
  /** Where the blob comes from, for places that can copy it among themselves. */
  readonly source?: Reference;
  /** Repositories of a registry that are said to have a blob, the likeliest first. */
  readonly locations?: (registry: string, digest: Digest) => readonly Reference[];
}

/** What a destination holds now in a blob's place. */
export interface StoredBlob extends BlobInfo {
  /** The place changed the compression: 'gzip', 'zstd', 'none'; undefined: as given. */
  readonly compression?: string;
  /** What was found out about the blob by unpacking it. `compressor` as the field's blob info cache names it. */
  readonly content?: { readonly diffId: Digest; readonly compressor: string };
}

export interface ImageDestination extends AsyncDisposable {
  readonly reference: ImageReference;
  /** undefined: any. The first is the preferred. */
  readonly manifestTypes?: readonly string[];
  readonly layerCompression: LayerCompression;
  readonly acceptsForeignLayers: boolean;
  readonly parallel: boolean;
  /** Reason why signatures cannot be kept, or undefined. */
  readonly signaturesUnsupported?: string;
  /** The manifest must be put as it is, as the reference holds its digest. */
  readonly fixedDigest?: Digest;
  /** Says that the blob need not be sent. Repeatable. */
  reuseBlob(info: BlobInfo, options: ReuseOptions): Promise<StoredBlob | undefined>;
  /**
   * Stores a blob and answers digest and size. The destination verifies `info.digest` where given. Repeatable.
   * @throws DigestMismatch
   */
  putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob>;
  /** @throws ManifestTypeRejected when another type may be tried */
  putManifest(manifest: RawManifest, instance?: Digest): Promise<void>;
  putSignatures(signatures: readonly Uint8Array[], instance?: Digest): Promise<void>;
  /** Makes the image visible; what was put before may vanish until then. @param topLevel the source's manifest or list as it came */
  commit(topLevel: RawManifest): Promise<void>;
}

/** A destination that has what small things it was given before, so that they need not be fetched again. */
export interface RememberingDestination {
  /** The bytes of a config or of a manifest, to be checked against the digest; undefined where there are none. */
  held(digest: Digest): Uint8Array | undefined;
}

export function heldBy(destination: ImageDestination, digest: Digest): Uint8Array | undefined {
  return 'held' in destination ? (destination as ImageDestination & RememberingDestination).held(digest) : undefined;
}

/** Like {@link BlobInfo} for bytes that may not have been hashed yet. */
export interface PutBlobInfo {
  readonly digest?: Digest;
  /** -1 where unknown. */
  readonly size: number;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

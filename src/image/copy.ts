import { SelkieError } from '../errors.ts';
import { systemText } from '../os/system-text.ts';
import type { BlobInfoCache } from './blob-info-cache.ts';
import { copySingle } from './copy-image.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import type { DecryptionKeys, LayerEncryption } from './encryption/keys.ts';
import { wrapped } from './errors.ts';
import { guessManifestTypeOf, type ManifestList, manifestDigest, parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
import type { Policy } from './policy.ts';
import { checkPolicy, loadPolicy } from './policy.ts';
import type { Reference } from './reference.ts';
import type { Signer } from './signature/signer.ts';
import type { ImageDestination, ImageReference, ImageSource, RawManifest, TransportOptions } from './transport.ts';
import { formatImageName, heldBy } from './transport.ts';

/** What happens during a copy. A plain log prints `text` and, at `start`, `Copying blob DIGEST` or `Copying config DIGEST`. */
export type CopyProgress =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'start'; readonly what: 'blob' | 'config'; readonly digest: Digest; readonly size: number }
  | { readonly kind: 'bytes'; readonly digest: Digest; readonly done: number; readonly size: number }
  /** Of the same bytes, those that are unpacked; only where the destination unpacks. */
  | { readonly kind: 'unpacked'; readonly digest: Digest; readonly done: number; readonly size: number }
  | { readonly kind: 'end'; readonly what: 'blob' | 'config'; readonly digest: Digest; readonly outcome: 'copied' | 'skipped' };

export type CompressionFormat = 'gzip' | 'zstd' | 'zstd:chunked' | 'none';

export interface CopyOptions {
  readonly source?: TransportOptions;
  readonly destination?: TransportOptions;
  /** Default: read from policy.json. */
  readonly policy?: Policy;
  /** Instances of a list: the one for the platform, all, none but the list itself, or those named. Default `system`. */
  readonly instances?: 'system' | 'all' | 'index-only' | readonly Digest[];
  readonly manifestType?: string;
  readonly compressionFormat?: CompressionFormat;
  readonly compressionLevel?: number;
  /** Compressions of which a list is to have an instance for each platform; missing ones are made. */
  readonly ensureCompressions?: readonly CompressionFormat[];
  /** Compress also what is compressed in another way. */
  readonly forceCompression?: boolean;
  readonly preserveDigests?: boolean;
  readonly removeSignatures?: boolean;
  /** Each adds a signature at the destination. */
  readonly signers?: readonly Signer[];
  /** What the new signatures are about; default: the name that the destination has. */
  readonly signIdentity?: Reference;
  /** Layers are encrypted for these, or those layers only that are named. */
  readonly encryption?: LayerEncryption;
  /** Encrypted layers are decrypted with these; without any they stay as they are. */
  readonly decryption?: DecryptionKeys;
  /** Layers at a time; default 6. */
  readonly parallel?: number;
  /** Do nothing if the destination has the very manifest already. */
  readonly skipWhenPresent?: boolean;
  /** What is known of blobs from earlier copies; what this one finds out is added. */
  readonly blobInfo?: BlobInfoCache;
  readonly onProgress?: (event: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CopyResult {
  /** What was put at the destination. */
  readonly manifest: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
  /** True when `skipWhenPresent` applied. */
  readonly skipped: boolean;
}

/**
 * Copies an image, or a list with its instances. What the destination has already is not sent again. The image becomes visible at the end, at once.
 * @throws PolicyRejected, ManifestNotFound, DigestMismatch, RegistryError
 */
export async function copyImage(source: ImageReference, destination: ImageReference, options: CopyOptions = {}): Promise<CopyResult> {
  const policy = options.policy ?? loadPolicy();
  const openSource = () => opening('initializing source', source, () => source.openSource({ signal: options.signal, ...options.source }));
  // A registry is asked while the destination is made ready.
  const arriving = source.transport === 'docker' ? openSource() : undefined;
  arriving?.catch(() => undefined);
  await using to = await opening('initializing destination', destination, () =>
    destination.openDestination({ signal: options.signal, ...options.destination }),
  );
  await using from = await (arriving ?? openSource());
  try {
    return await copyOpened(from, to, { ...options, policy });
  } finally {
    options.blobInfo?.save();
  }
}

async function opening<T>(what: string, reference: ImageReference, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const { exitCode } = cause as Partial<SelkieError>;
    throw new SelkieError(`${what} ${formatImageName(reference)}: ${systemText(cause)}`, { cause, ...(exitCode ? { exitCode } : {}) });
  }
}

/** What goes to a name that holds a digest must have that digest; told before anything is sent. */
function checkFixedDigest(destination: ImageDestination, { bytes }: RawManifest): void {
  if (destination.fixedDigest !== undefined && manifestDigest(bytes) !== destination.fixedDigest)
    throw new SelkieError("Digest of source image's manifest would not match destination reference");
}

async function topManifest(source: ImageSource): Promise<RawManifest> {
  try {
    return await source.manifest();
  } catch (cause) {
    throw wrapped(`determining manifest MIME type for ${formatImageName(source.reference)}`, cause);
  }
}

async function copyOpened(
  source: ImageSource,
  destination: ImageDestination,
  options: CopyOptions & { policy: Policy },
): Promise<CopyResult> {
  const top = await topManifest(source);
  const parsed = parseManifest(top);
  if (parsed.kind === 'image') checkFixedDigest(destination, top);
  const instances = options.instances ?? 'system';
  // Of a list each instance that is copied is judged for itself.
  if (parsed.kind === 'image' || instances === 'index-only') await checkPolicy(options.policy, source, manifestDigest(top.bytes));
  if (parsed.kind === 'image') return copySingle(source, destination, parsed, { options, topLevel: top });
  if (instances !== 'system') {
    const { copyList } = await import('./copy-list.ts');
    return copyList(source, destination, parsed, instances, { options, topLevel: top });
  }

  const chosen = chooseFrom(parsed, source.reference, options.source?.platform);
  const held = heldBy(destination, chosen.digest);
  const isHeld = held !== undefined && manifestDigest(held) === chosen.digest;
  const raw = isHeld ? { bytes: held, mediaType: guessManifestTypeOf(held) } : await source.manifest(chosen.digest);
  const image = parseManifest(raw);
  if (image.kind === 'list') throw new SelkieError(`instance ${chosen.digest} of the list is a list itself`);
  try {
    await checkPolicy(options.policy, source, chosen.digest, chosen.digest);
    return await copySingle(source, destination, image, { options, instance: chosen.digest, topLevel: top });
  } catch (cause) {
    throw wrapped('copying system image from manifest list', cause);
  }
}

function chooseFrom(list: ManifestList, reference: ImageReference, platform: TransportOptions['platform']): Descriptor {
  try {
    return chooseInstance(list, platform);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`choosing an image from manifest list ${formatImageName(reference)}: ${cause.message}`, { cause });
  }
}

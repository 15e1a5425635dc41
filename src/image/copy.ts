import { NotYet } from '../errors.ts';
import type { Digest } from './digest.ts';
import type { Policy } from './policy.ts';
import type { ImageReference, TransportOptions } from './transport.ts';

/** What happens during a copy. A plain log prints `text` and, at `start`, `Copying blob DIGEST` or `Copying config DIGEST`. */
export type CopyProgress =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'start'; readonly what: 'blob' | 'config'; readonly digest: Digest; readonly size: number }
  | { readonly kind: 'bytes'; readonly digest: Digest; readonly done: number; readonly size: number }
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
  readonly forceCompression?: boolean;
  readonly preserveDigests?: boolean;
  readonly removeSignatures?: boolean;
  /** Layers at a time; default 6. */
  readonly parallel?: number;
  /** Do nothing if the destination has the very manifest already. */
  readonly skipWhenPresent?: boolean;
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
  void source;
  void destination;
  void options;
  throw new NotYet('copying images');
}

import type { Digest } from './digest.ts';
import type { Platform } from './platform.ts';

/** What a manifest says about a blob or another manifest. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

export interface LayerDescriptor extends Descriptor {
  /** A schema 1 layer that holds nothing. */
  readonly empty?: boolean;
}

export type ManifestJson = Record<string, unknown>;

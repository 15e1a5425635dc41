import type { CopyProgress } from './copy.ts';
import type { DecryptionKeys, LayerEncryption } from './encryption/keys.ts';
import type { Platform } from './platform.ts';
import type { Signer } from './signature/signer.ts';
import type { Credentials } from './transport.ts';

export type PullPolicy = 'always' | 'missing' | 'never' | 'newer';

/** What every copy to or from the store may be told. */
export interface EngineCopyOptions {
  authFile?: string;
  credentials?: Credentials;
  /** undefined: as registries.conf says */
  tlsVerify?: boolean;
  certDir?: string;
  signaturePolicy?: string;
  registriesConf?: string;
  /** Where choices of short names are kept. */
  aliasFile?: string;
  /** Asks which of several full names a short one means; only where there is a terminal. */
  chooseShortName?: (candidates: string[]) => Promise<string>;
  removeSignatures?: boolean;
  /** Each adds a signature at the destination. */
  signers?: readonly Signer[];
  encryption?: LayerEncryption;
  decryption?: DecryptionKeys;
  /** Further tries after failures of the network; default from containers.conf. */
  retries?: number;
  /** Milliseconds between tries; default: doubling from one second. */
  retryDelay?: number;
  parallel?: number;
  onProgress?: (event: CopyProgress) => void;
  signal?: AbortSignal;
}

export interface PullOptions extends EngineCopyOptions {
  /** Default `always`. */
  policy?: PullPolicy;
  platform?: Partial<Platform>;
  allTags?: boolean;
}

export interface PushOptions extends EngineCopyOptions {
  manifestType?: string;
  compressionFormat?: 'gzip' | 'zstd' | 'zstd:chunked';
  compressionLevel?: number;
  forceCompression?: boolean;
  /** For dir: destinations. */
  compressLayers?: boolean;
}

export type SaveFormat = 'docker-archive' | 'oci-archive' | 'oci-dir' | 'docker-dir';

export interface SaveOptions extends EngineCopyOptions {
  format?: SaveFormat;
  additionalTags?: string[];
  compressLayers?: boolean;
  acceptUncompressedLayers?: boolean;
}

export interface ImportOptions extends EngineCopyOptions {
  /** Dockerfile instructions: `CMD …`, `ENV …` */
  changes?: string[];
  message?: string;
  /** Nanoseconds since 1970; default: when the file was last changed. */
  created?: bigint;
  tag?: string;
  os?: string;
  architecture?: string;
  variant?: string;
}

import { type BigIntStats, createReadStream, statSync } from 'node:fs';
import { Compression, decompress, detectCompression } from '../archive/compression.ts';
import { SelkieError } from '../errors.ts';
import { type Digest, Digester, digestHex, digestOf } from './digest.ts';
import { goJson } from './go-json.ts';
import type { OciImageConfig } from './image-config.ts';
import { ociConfig } from './inspect.ts';
import { formatInstant } from './instant.ts';
import { ociConfig as ociConfigType, ociLayer, ociLayerGzip, ociLayerZstd, ociManifest } from './media-types.ts';
import { hostPlatform } from './platform.ts';
import type { BlobInfo, ImageReference, ImageSource, ReadableBlob } from './transport.ts';

export interface TarballOptions {
  config: OciImageConfig;
  comment: string;
  os?: string;
  architecture?: string;
  variant?: string;
  /** Nanoseconds since 1970; default: when the file was last changed. */
  created?: bigint;
}

/** A tar file as the only layer of an image. The file is read once to learn its digests, and again when it is copied. */
export async function readTarball(path: string, options: TarballOptions): Promise<{ reference: ImageReference; configDigest: Digest }> {
  const { size, mtimeNs } = stat(path);
  const layer = await digestLayer(path);
  const created = formatInstant(options.created ?? mtimeNs);
  const host = hostPlatform();
  const image = {
    created,
    architecture: options.architecture ?? host.architecture,
    os: options.os ?? host.os,
    ...(options.variant ? { variant: options.variant } : {}),
    config: ociConfig(options.config),
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
    history: [{ created, created_by: `/bin/sh -c #(nop) ADD file:${digestHex(layer.diffId)} in /`, comment: options.comment }],
  };
  const config = new TextEncoder().encode(goJson(image));
  const configDigest = digestOf(config);
  const manifest = new TextEncoder().encode(
    goJson({
      schemaVersion: 2,
      mediaType: ociManifest,
      config: { mediaType: ociConfigType, digest: configDigest, size: config.length },
      layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: Number(size) }],
    }),
  );
  return { reference: new TarballReference(path, manifest, new Map([[configDigest, config]])), configDigest };
}

function stat(path: string): { size: bigint; mtimeNs: bigint } {
  let found: BigIntStats;
  try {
    found = statSync(path, { bigint: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file or directory' : (cause as Error).message;
    throw new SelkieError(`error opening ${JSON.stringify(path)}: open ${path}: ${reason}`, { cause });
  }
  if (found.isDirectory()) throw new SelkieError(`read ${path}: is a directory`);
  return found;
}

async function digestLayer(path: string): Promise<{ digest: Digest; diffId: Digest; mediaType: string }> {
  const whole = new Digester();
  const content = new Digester();
  let compression: Compression | undefined;
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
      compression ??= detectCompression(chunk);
      whole.update(chunk);
      yield chunk;
    }
  };
  for await (const chunk of decompress(bytes())) content.update(chunk);
  return { digest: whole.digest(), diffId: content.digest(), mediaType: mediaTypeOf(compression ?? Compression.none) };
}

/** What no media type of OCI's is for is called gzip, as the field's tools have always done. */
function mediaTypeOf(compression: Compression): string {
  if (compression === Compression.none) return ociLayer;
  return compression === Compression.zstd ? ociLayerZstd : ociLayerGzip;
}

class TarballReference implements ImageReference {
  readonly transport = 'tarball';
  readonly policyScopes = [];

  constructor(
    readonly name: string,
    readonly manifestBytes: Uint8Array,
    readonly configs: Map<string, Uint8Array>,
  ) {}

  async openSource(): Promise<ImageSource> {
    return new TarballSource(this);
  }

  openDestination(): Promise<never> {
    throw new SelkieError('"tarball:" locations can only be read from, not written to');
  }

  delete(): Promise<never> {
    throw new SelkieError('deleting images not implemented for tarball: images');
  }
}

class TarballSource implements ImageSource {
  readonly parallel = false;

  constructor(readonly reference: TarballReference) {}

  async manifest(): Promise<{ bytes: Uint8Array; mediaType: string }> {
    return { bytes: this.reference.manifestBytes, mediaType: ociManifest };
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    const config = this.reference.configs.get(info.digest);
    if (config) {
      const stream = async function* (): AsyncGenerator<Uint8Array> {
        yield config;
      };
      return { size: config.length, stream };
    }
    const path = this.reference.name;
    const stream = (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: 1 << 20 });
    return { size: info.size, file: { path, offset: 0, length: info.size }, stream };
  }

  async signatures(): Promise<Uint8Array[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

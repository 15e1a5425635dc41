import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, Digester } from '../digest.ts';
import { DigestMismatch, InvalidManifest } from '../errors.ts';
import { configLimit, parseImageManifest } from '../manifest.ts';
import { dockerManifest } from '../media-types.ts';
import type {
  BlobInfo,
  ImageDestination,
  PutBlobInfo,
  PutBlobOptions,
  RawManifest,
  ReadableBlob,
  ReuseOptions,
  StoredBlob,
  TransportOptions,
} from '../transport.ts';
import { openBlobFile, writeBlobFile } from './blob-file.ts';
import type { DockerArchiveReference } from './docker-archive-reference.ts';
import { DockerArchiveWriter } from './docker-archive-writer.ts';

/** Writes an image to an archive: layers uncompressed, one after another. */
export class DockerArchiveDestination implements ImageDestination {
  readonly manifestTypes = [dockerManifest];
  readonly layerCompression = 'decompress';
  readonly acceptsForeignLayers = false;
  readonly parallel = false;
  readonly signaturesUnsupported = 'Storing signatures for docker tar files is not supported';
  private readonly configs = new Map<string, Uint8Array>();
  private manifest: RawManifest | undefined;

  private constructor(
    readonly reference: DockerArchiveReference,
    private readonly writer: DockerArchiveWriter,
    private readonly options: TransportOptions,
  ) {}

  static open(reference: DockerArchiveReference, options: TransportOptions): DockerArchiveDestination {
    return new DockerArchiveDestination(reference, reference.shared?.writer ?? new DockerArchiveWriter(reference.path), options);
  }

  async reuseBlob(info: BlobInfo, _options: ReuseOptions): Promise<StoredBlob | undefined> {
    return this.writer.hasLayer(info.digest) || this.configs.has(info.digest) ? info : undefined;
  }

  async putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    if (options.layerIndex === undefined) return this.putConfig(blob, info);
    if (info.size < 0 || info.digest === undefined) return this.putUnmeasured(blob, info, options);
    const digester = new Digester();
    await this.writer.layer(info.digest, info.size, counted(blob.stream(), digester, options));
    if (digester.digest() !== info.digest) throw new DigestMismatch(info.digest, 'other content');
    return { digest: info.digest, size: info.size };
  }

  async putManifest(manifest: RawManifest): Promise<void> {
    this.manifest = manifest;
  }

  async putSignatures(): Promise<void> {}

  async commit(): Promise<void> {
    const manifest = parseImageManifest(this.manifest!);
    const bytes = manifest.config && this.configs.get(manifest.config.digest);
    if (!manifest.config || !bytes) throw new InvalidManifest('an archive needs an image with a config');
    this.writer.config(manifest.config.digest, bytes);
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const names = [...(this.reference.dockerReference ? [this.reference.dockerReference] : []), ...(this.options.additionalTags ?? [])];
    this.writer.image(
      { digest: manifest.config.digest, json },
      manifest.layers.map((layer) => layer.digest),
      names,
    );
    if (!this.reference.shared?.writer) this.writer.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.reference.shared?.writer) this.writer[Symbol.dispose]();
  }

  /** The header comes before the content, so content of unknown size is kept aside first. */
  private async putUnmeasured(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    const directory = mkdtempSync(join(this.options.temporaryDirectory ?? process.env.TMPDIR ?? '/var/tmp', 'selkie-layer-'));
    try {
      const path = join(directory, 'layer.tar');
      const { digest, size } = await writeBlobFile(blob, info, directory, () => path, options.onBytes);
      await this.writer.layer(digest, size, openBlobFile(path).stream());
      return { digest, size };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  private async putConfig(blob: ReadableBlob, info: PutBlobInfo): Promise<StoredBlob> {
    const digester = new Digester();
    const chunks: Uint8Array[] = [];
    for await (const chunk of counted(blob.stream(), digester, {})) {
      if (digester.bytes > configLimit) throw new InvalidManifest(`config of more than ${configLimit} bytes exceeds the limit`);
      chunks.push(Uint8Array.prototype.slice.call(chunk));
    }
    const digest: Digest = digester.digest();
    if (info.digest && info.digest !== digest) throw new DigestMismatch(info.digest, digest, 'config');
    this.configs.set(digest, Buffer.concat(chunks));
    return { digest, size: digester.bytes };
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, digester: Digester, options: PutBlobOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    digester.update(chunk);
    options.onBytes?.(chunk.length);
    yield chunk;
  }
}

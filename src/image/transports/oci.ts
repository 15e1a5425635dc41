import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { InvalidManifest, ManifestNotFound } from '../errors.ts';
import { goJson, sortKeys } from '../go-json.ts';
import { guessManifestTypeOf, manifestDigest, manifestLimit } from '../manifest.ts';
import { dockerList, ociIndex, ociManifest } from '../media-types.ts';
import type {
  BlobInfo,
  ImageDestination,
  ImageReference,
  ImageSource,
  PutBlobInfo,
  PutBlobOptions,
  RawManifest,
  ReadableBlob,
  ReuseOptions,
  StoredBlob,
  TransportOptions,
} from '../transport.ts';
import { openBlobFile, writeBlobFile } from './blob-file.ts';
import { chooseDescriptor, type LayoutIndex, layoutBlobPath, readLayoutIndex, refNameAnnotation } from './oci-layout.ts';
import type { LayoutName, OciReference } from './oci-reference.ts';

export function openOciSource(reference: OciReference, options: TransportOptions): OciSource {
  return new OciSource(reference, reference.layout, options.sharedBlobDir);
}

/** An image of a layout directory. Also what an unpacked oci-archive is read with. */
export class OciSource implements ImageSource {
  readonly parallel = true;
  readonly #descriptor: Descriptor;

  constructor(
    readonly reference: ImageReference,
    readonly layout: LayoutName,
    readonly sharedBlobDir: string | undefined,
  ) {
    let index: LayoutIndex;
    try {
      index = readLayoutIndex(layout.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new ManifestNotFound(`open ${join(layout.path, 'index.json')}: no such file or directory`, { cause: error });
    }
    this.#descriptor = chooseDescriptor(index, layout);
  }

  async manifest(instance?: Digest): Promise<RawManifest> {
    const digest = instance ?? this.#descriptor.digest;
    const path = layoutBlobPath(this.layout.path, digest, this.sharedBlobDir);
    const bytes = readManifestFile(path, digest);
    const mediaType = instance === undefined && this.#descriptor.mediaType !== '' ? this.#descriptor.mediaType : guessManifestTypeOf(bytes);
    return { bytes, mediaType };
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    const path = layoutBlobPath(this.layout.path, info.digest, this.sharedBlobDir);
    try {
      return openBlobFile(path);
    } catch (error) {
      const url = info.urls?.find((each) => /^https?:/.test(each));
      if (url === undefined || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const { send } = await import('../../registry/http.ts');
      const response = await send(url);
      if (response.status !== 200)
        throw new SelkieError(`fetching ${info.digest} from ${url}: status ${response.status}`, { cause: error });
      return { size: Number(response.headers.get('content-length') ?? -1), stream: () => response.stream() };
    }
  }

  async signatures(): Promise<Uint8Array[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Reads a manifest of at most 4 MiB and checks its digest. */
export function readManifestFile(path: string, digest: Digest): Uint8Array {
  const { size } = statSync(path);
  if (size > manifestLimit) throw new InvalidManifest(`manifest of ${size} bytes exceeds the limit of ${manifestLimit}`);
  const bytes = readFileSync(path);
  const actual = manifestDigest(bytes);
  if (actual !== digest) throw new InvalidManifest(`manifest ${path} does not match its digest: it is ${actual}`);
  return bytes;
}

export function openOciDestination(reference: OciReference, options: TransportOptions): OciDestination {
  return new OciDestination(reference, reference.layout, options);
}

export class OciDestination implements ImageDestination {
  readonly parallel = true;
  readonly acceptsForeignLayers = true;
  readonly manifestTypes = [ociManifest, ociIndex, dockerList];
  readonly signaturesUnsupported = 'Pushing signatures for OCI images is not supported';
  readonly layerCompression: 'compress' | 'preserve' | 'decompress';
  readonly #sharedBlobDir: string | undefined;
  #entry: LayoutEntry | undefined;

  constructor(
    readonly reference: ImageReference,
    readonly layout: LayoutName,
    options: TransportOptions,
  ) {
    if (layout.index !== undefined) throw new SelkieError(`Destination reference must not contain a manifest index @${layout.index}`);
    this.layerCompression = options.decompressLayers ? 'decompress' : options.acceptUncompressedLayers ? 'preserve' : 'compress';
    this.#sharedBlobDir = options.sharedBlobDir;
    mkdirSync(join(layout.path, 'blobs'), { recursive: true, mode: 0o755 });
    if (this.#sharedBlobDir) mkdirSync(this.#sharedBlobDir, { recursive: true, mode: 0o755 });
    this.#existingIndex(); // what is no layout is refused before anything is sent
  }

  #existingIndex(): Record<string, unknown> {
    try {
      return readLayoutIndex(this.layout.path).json;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { schemaVersion: 2, mediaType: ociIndex };
    }
  }

  #blobPath(digest: Digest): string {
    return layoutBlobPath(this.layout.path, digest, this.#sharedBlobDir);
  }

  async reuseBlob(info: BlobInfo, _options: ReuseOptions): Promise<StoredBlob | undefined> {
    try {
      const { size } = statSync(this.#blobPath(info.digest));
      return info.size >= 0 && size !== info.size ? undefined : { ...info, size };
    } catch {
      return undefined;
    }
  }

  async putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    const directory = this.#sharedBlobDir ?? this.layout.path;
    const stored = await writeBlobFile(blob, info, directory, (digest) => this.#blobPath(digest), options.onBytes);
    return { ...stored, mediaType: info.mediaType };
  }

  async putManifest(manifest: RawManifest, instance?: Digest): Promise<void> {
    const digest = instance ?? manifestDigest(manifest.bytes);
    const path = this.#blobPath(digest);
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o755 });
    writeFileSync(path, manifest.bytes, { mode: 0o644 });
    if (instance !== undefined) return;
    const { image } = this.layout;
    const annotations = image === undefined ? undefined : { [refNameAnnotation]: image };
    this.#entry = { mediaType: manifest.mediaType, digest, size: manifest.bytes.length, ...(annotations ? { annotations } : {}) };
  }

  async putSignatures(signatures: readonly Uint8Array[]): Promise<void> {
    if (signatures.length > 0) throw new SelkieError(this.signaturesUnsupported);
  }

  async commit(): Promise<void> {
    this.commitNow();
  }

  /** The index is read again: another process may have added an image meanwhile. */
  protected commitNow(): void {
    if (!this.#entry) throw new SelkieError('no manifest was put into the layout');
    writeWhole(join(this.layout.path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const { manifests: older, schemaVersion, mediaType, ...others } = this.#existingIndex();
    const manifests = withEntry(Array.isArray(older) ? (older as Record<string, unknown>[]) : [], this.#entry);
    writeWhole(
      join(this.layout.path, 'index.json'),
      goJson({ schemaVersion: schemaVersion ?? 2, mediaType: mediaType ?? ociIndex, manifests, ...others }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

type LayoutEntry = Record<string, unknown> & { readonly annotations?: Readonly<Record<string, string>> };

/** A name belongs to one entry: an older one loses it. The same manifest stays one entry. */
function withEntry(older: readonly Record<string, unknown>[], entry: LayoutEntry): Record<string, unknown>[] {
  const name = entry.annotations?.[refNameAnnotation];
  const entries = older.map((each) => {
    const annotations = each['annotations'] as Record<string, string> | undefined;
    if (name === undefined || annotations?.[refNameAnnotation] !== name) return each;
    const { [refNameAnnotation]: _, ...others } = annotations;
    const { annotations: __, ...rest } = each;
    return Object.keys(others).length > 0 ? { ...rest, annotations: sortKeys(others) } : rest;
  });
  const same = entries.findIndex((each) => each['digest'] === entry['digest']);
  if (same >= 0) entries[same] = { ...entries[same], ...entry };
  else entries.push(entry);
  return entries;
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.tmp-${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o644 });
  renameSync(temporary, path);
}

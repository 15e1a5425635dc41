import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { type Digest, digestHex } from '../digest.ts';
import { InvalidManifest, ManifestNotFound } from '../errors.ts';
import { guessManifestTypeOf, manifestLimit } from '../manifest.ts';
import { parseSignature, signatureLimit } from '../signature/signature.ts';
import type {
  BlobInfo,
  ImageDestination,
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
import type { DirReference } from './dir-reference.ts';

const version = 'Directory Transport Version: 1.1\n';

function manifestPath(directory: string, instance?: Digest): string {
  return join(directory, instance === undefined ? 'manifest.json' : `${digestHex(instance)}.manifest.json`);
}

function signaturePath(directory: string, index: number, instance?: Digest): string {
  return join(directory, `${instance === undefined ? '' : `${digestHex(instance)}.`}signature-${index}`);
}

export class DirSource implements ImageSource {
  readonly parallel = true;

  constructor(readonly reference: DirReference) {}

  async manifest(instance?: Digest): Promise<RawManifest> {
    const path = manifestPath(this.reference.name, instance);
    if (!existsSync(path)) {
      const what = statSync(this.reference.name, { throwIfNoEntry: false })?.isFile() ? 'not a directory' : 'no such file or directory';
      throw new ManifestNotFound(`open ${path}: ${what}`);
    }
    const { size } = statSync(path);
    if (size > manifestLimit) throw new InvalidManifest(`manifest of ${size} bytes exceeds the limit of ${manifestLimit}`);
    const bytes = readFileSync(path);
    return { bytes, mediaType: guessManifestTypeOf(bytes) };
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    return openBlobFile(join(this.reference.name, digestHex(info.digest)));
  }

  async signatures(instance?: Digest): Promise<Uint8Array[]> {
    const signatures: Uint8Array[] = [];
    for (let index = 1; ; index++) {
      const path = signaturePath(this.reference.name, index, instance);
      if (!existsSync(path)) return signatures;
      signatures.push(readSignature(path));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** @throws SelkieError where it is none */
function readSignature(path: string): Uint8Array {
  const { size } = statSync(path);
  if (size > signatureLimit) throw new SelkieError(`signature ${path} of ${size} bytes exceeds the limit of ${signatureLimit}`);
  const blob = readFileSync(path);
  try {
    parseSignature(blob);
  } catch (cause) {
    throw new SelkieError(`parsing signature ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
  }
  return blob;
}

export class DirDestination implements ImageDestination {
  readonly parallel = true;
  readonly acceptsForeignLayers = false;
  readonly layerCompression: 'compress' | 'decompress' | 'preserve';

  constructor(
    readonly reference: DirReference,
    options: TransportOptions,
  ) {
    this.layerCompression = options.compressLayers ? 'compress' : options.decompressLayers ? 'decompress' : 'preserve';
    prepare(reference.name);
  }

  async reuseBlob(info: BlobInfo, _options: ReuseOptions): Promise<StoredBlob | undefined> {
    try {
      const { size } = statSync(join(this.reference.name, digestHex(info.digest)));
      return { ...info, size };
    } catch {
      return undefined;
    }
  }

  async putBlob(blob: ReadableBlob, info: PutBlobInfo, options: PutBlobOptions): Promise<StoredBlob> {
    const stored = await writeBlobFile(
      blob,
      info,
      this.reference.name,
      (digest) => join(this.reference.name, digestHex(digest)),
      options.onBytes,
    );
    return { ...stored, mediaType: info.mediaType };
  }

  async putManifest(manifest: RawManifest, instance?: Digest): Promise<void> {
    writeFileSync(manifestPath(this.reference.name, instance), manifest.bytes, { mode: 0o644 });
  }

  async putSignatures(signatures: readonly Uint8Array[], instance?: Digest): Promise<void> {
    signatures.forEach((signature, index) => {
      writeFileSync(signaturePath(this.reference.name, index + 1, instance), signature, { mode: 0o644 });
    });
  }

  async commit(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A directory that is no image is left alone; one that is loses its old content. */
function prepare(path: string): void {
  const versionFile = join(path, 'version');
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new SelkieError(`${path}: not a directory`);
    const names = readdirSync(path);
    if (names.length > 0) {
      if (!existsSync(versionFile) || readFileSync(versionFile, 'utf8') !== version)
        throw new SelkieError("not a containers image directory, don't want to overwrite important data");
      for (const name of names) rmSync(join(path, name), { recursive: true, force: true });
    }
  } else {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  }
  writeFileSync(versionFile, version, { mode: 0o644 });
}

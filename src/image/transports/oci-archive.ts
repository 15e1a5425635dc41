import { createWriteStream, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { tarTree } from '../../archive/tree-tar.ts';
import { SelkieError } from '../../errors.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, digestAlgorithm, digestHex } from '../digest.ts';
import { InvalidManifest } from '../errors.ts';
import { guessManifestTypeOf, manifestDigest, manifestLimit } from '../manifest.ts';
import type { BlobInfo, ImageReference, ImageSource, RawManifest, ReadableBlob, TransportOptions } from '../transport.ts';
import { ArchiveFile } from './archive-file.ts';
import { standardOutput } from './docker-archive-writer.ts';
import { OciDestination } from './oci.ts';
import type { OciArchiveReference } from './oci-archive-reference.ts';
import { chooseDescriptor, parseLayoutIndex } from './oci-layout.ts';

/** @throws ManifestNotFound */
export async function openOciArchiveSource(reference: OciArchiveReference, options: TransportOptions): Promise<ImageSource> {
  const archive = await ArchiveFile.open(reference.layout.path, options.temporaryDirectory);
  try {
    return new OciArchiveSource(
      reference,
      archive,
      chooseDescriptor(parseLayoutIndex(archive.read('index.json', manifestLimit)), reference.layout),
    );
  } catch (error) {
    archive[Symbol.dispose]();
    throw error;
  }
}

/** An image of a layout in a tar file: its blobs are read where they lie. */
class OciArchiveSource implements ImageSource {
  readonly parallel = true;

  constructor(
    readonly reference: ImageReference,
    private readonly archive: ArchiveFile,
    private readonly descriptor: Descriptor,
  ) {}

  async manifest(instance?: Digest): Promise<RawManifest> {
    const digest = instance ?? this.descriptor.digest;
    const bytes = this.archive.read(memberOf(digest), manifestLimit);
    const actual = manifestDigest(bytes);
    if (actual !== digest) throw new InvalidManifest(`manifest ${digest} does not match its digest: it is ${actual}`);
    const mediaType = instance === undefined && this.descriptor.mediaType !== '' ? this.descriptor.mediaType : guessManifestTypeOf(bytes);
    return { bytes, mediaType };
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    return this.archive.blob(memberOf(info.digest));
  }

  async signatures(): Promise<Uint8Array[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.archive[Symbol.dispose]();
  }
}

const memberOf = (digest: Digest): string => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;

/** An archive is written whole: one that is there already is refused. */
export function openOciArchiveDestination(reference: OciArchiveReference, options: TransportOptions): OciArchiveDestination {
  const { path } = reference.layout;
  const isTaken = existsSync(path) && statSync(path).isFile() && statSync(path).size > 0;
  if (isTaken) throw new SelkieError(`oci-archive doesn't support modifying existing images: ${path}`);
  const directory = mkdtempSync(join(options.temporaryDirectory ?? process.env.TMPDIR ?? '/var/tmp', 'selkie-oci-'));
  return new OciArchiveDestination(reference, directory, options);
}

/** A layout that grows in a directory of its own and becomes a tar at the end. */
class OciArchiveDestination extends OciDestination {
  constructor(
    private readonly archive: OciArchiveReference,
    private readonly directory: string,
    options: TransportOptions,
  ) {
    super(archive, { path: directory, image: archive.layout.image }, options);
  }

  override async commit(): Promise<void> {
    await super.commit();
    const { path } = this.archive.layout;
    const owner = { uid: 0, gid: 0 };
    if (path === standardOutput) return pipeline(tarTree(this.directory, { owner }), createWriteStream('', { fd: 1, autoClose: false }));
    // A device such as /dev/stdout is written to; a file appears whole.
    if (existsSync(path) && !statSync(path).isFile()) return pipeline(tarTree(this.directory, { owner }), createWriteStream(path));
    const temporary = join(dirname(resolve(path)), `.${basename(path)}.${process.pid}`);
    try {
      await pipeline(tarTree(this.directory, { owner }), createWriteStream(temporary));
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

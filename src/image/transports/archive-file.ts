import { closeSync, createWriteStream, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decompress, detectCompression } from '../../archive/compression.ts';
import { type IndexedEntry, indexTar } from '../../archive/tar-index.ts';
import { InvalidManifest, ManifestNotFound } from '../errors.ts';
import type { ReadableBlob } from '../transport.ts';
import { openBlobFile } from './blob-file.ts';

/** Links within an archive that are followed one after another. */
const maximumLinks = 8;

/** A tar file whose members are read where they lie. A compressed one is first unpacked beside, as there is no other way to skip in it. */
export class ArchiveFile implements Disposable {
  private constructor(
    /** As the user named it. */
    readonly name: string,
    private readonly path: string,
    private readonly entries: Map<string, IndexedEntry>,
    private readonly temporary: string | undefined,
  ) {}

  static async open(name: string, temporaryDirectory = process.env.TMPDIR ?? '/var/tmp'): Promise<ArchiveFile> {
    if (!existsSync(name)) throw new ManifestNotFound(`opening file ${JSON.stringify(name)}: open ${name}: no such file or directory`);
    if (statSync(name).isDirectory()) throw new ManifestNotFound(`read ${name}: is a directory`);
    if (!isCompressed(name)) return new ArchiveFile(name, name, indexTar(name), undefined);
    const temporary = mkdtempSync(join(temporaryDirectory, 'selkie-archive-'));
    try {
      const path = join(temporary, 'plain.tar');
      const { stream } = openBlobFile(name);
      await pipeline(decompress(stream()), createWriteStream(path));
      return new ArchiveFile(name, path, indexTar(path), temporary);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The names of all members. */
  names(): string[] {
    return [...this.entries.keys()];
  }

  /** @throws ManifestNotFound */
  blob(name: string): ReadableBlob {
    const entry = this.find(name);
    if (!entry) throw notThere(name);
    return openBlobFile(this.path, entry.offset, entry.size);
  }

  /** A small member whole. @param limit bytes  @throws ManifestNotFound, InvalidManifest */
  read(name: string, limit: number): Uint8Array {
    const entry = this.find(name);
    if (!entry) throw notThere(name);
    if (entry.size > limit) throw new InvalidManifest(`${name} of ${entry.size} bytes exceeds the limit of ${limit}`);
    const bytes = Buffer.alloc(entry.size);
    const fd = openSync(this.path, 'r');
    try {
      if (readSync(fd, bytes, 0, entry.size, entry.offset) < entry.size) throw new InvalidManifest(`${name}: the archive ends within it`);
    } finally {
      closeSync(fd);
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    if (this.temporary !== undefined) rmSync(this.temporary, { recursive: true, force: true });
  }

  private find(name: string): IndexedEntry | undefined {
    let entry = this.entries.get(name);
    for (let links = 0; entry?.link !== undefined; links++) {
      if (links === maximumLinks) return undefined;
      entry = this.entries.get(entry.link);
    }
    return entry;
  }
}

const notThere = (name: string): ManifestNotFound =>
  new ManifestNotFound(`loading tar component ${JSON.stringify(name)}: file does not exist`);

function isCompressed(path: string): boolean {
  if (!statSync(path).isFile()) return detectCompression(readFileSync(path).subarray(0, 6)) !== 0;
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(6);
    return detectCompression(head.subarray(0, readSync(fd, head, 0, 6, 0))) !== 0;
  } finally {
    closeSync(fd);
  }
}

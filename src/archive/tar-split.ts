import { closeSync, openSync } from 'node:fs';
import { closeEntry, demand, Errno, O_DIRECTORY, O_NONBLOCK, openBelow, readInto, S_IFMT, S_IFREG, statFile } from '../os/raw-entries.ts';
import { displayName, rootedName } from './byte-names.ts';
import { Crc64 } from './crc64.ts';
import { FileIntegrityFailed, InvalidTarSplit } from './errors.ts';
import { type TarSplitLine, tarSplitLines } from './tar-split-lines.ts';

/** What is handed on at once: enough to make the steps behind it worth while. */
const CHUNK = 1 << 20;

/**
 * The very bytes of a layer's tar, from its tar-split file and its files. Files are found with the layer's directory for a root, so
 * that links of the layer lead to where they led when it was unpacked, and never out of it. Format: storage.md 3.
 * @param diffDirs the layer's own directory, then those below it, nearest first  @throws FileIntegrityFailed, InvalidTarSplit
 */
export async function* assembleTarSplit(tarSplitPath: string, diffDirs: readonly string[]): AsyncGenerator<Uint8Array> {
  using roots = new Roots(diffDirs);
  const crc = new Crc64();
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let length = 0;
  for await (const lines of tarSplitLines(tarSplitPath)) {
    for (const line of lines) {
      if (line.type === 2) {
        for (let at = 0; at < line.payload.length; ) {
          const piece = line.payload.subarray(at, at + CHUNK - length);
          chunk.set(piece, length);
          length += piece.length;
          at += piece.length;
          if (length < CHUNK) continue;
          yield chunk;
          chunk = Buffer.allocUnsafeSlow(CHUNK);
          length = 0;
        }
        continue;
      }
      if (line.size === 0) continue;
      const fd = roots.open(line, tarSplitPath);
      try {
        crc.reset();
        for (let left = line.size; left > 0; ) {
          const count = readInto(fd, chunk, length, Math.min(left, CHUNK - length));
          if (count <= 0) throw new FileIntegrityFailed(displayName(line.name));
          crc.update(chunk.subarray(length, length + count));
          length += count;
          left -= count;
          if (length < CHUNK) continue;
          yield chunk;
          chunk = Buffer.allocUnsafeSlow(CHUNK);
          length = 0;
        }
      } finally {
        closeEntry(fd);
      }
      if (!crc.equals(line.payload)) throw new FileIntegrityFailed(displayName(line.name));
    }
  }
  if (length > 0) yield chunk.subarray(0, length);
}

/** The directories of a layer and of those below it, held open. */
class Roots implements Disposable {
  readonly #descriptors: number[] = [];

  constructor(directories: readonly string[]) {
    try {
      for (const directory of directories) this.#descriptors.push(openSync(directory, O_DIRECTORY));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The regular file of an entry in the nearest directory that has it. */
  open(line: TarSplitLine, tarSplitPath: string): number {
    for (const root of this.#descriptors) {
      const fd = openBelow(root, rootedName(line.name), O_NONBLOCK);
      if (fd === -Errno.ENOENT || fd === -Errno.ENOTDIR) continue;
      demand(fd, 'open', line.name);
      if ((statFile(fd).mode & S_IFMT) === S_IFREG) return fd;
      closeEntry(fd);
      throw new FileIntegrityFailed(displayName(line.name));
    }
    throw new InvalidTarSplit(tarSplitPath, `open ${displayName(line.name)}: no such file or directory`);
  }

  [Symbol.dispose](): void {
    for (const fd of this.#descriptors.splice(0)) closeSync(fd);
  }
}

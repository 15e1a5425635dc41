import { closeSync, openSync } from 'node:fs';
import { closeEntry, demand, Errno, O_DIRECTORY, O_NONBLOCK, openBelow, S_IFMT, S_IFREG, statFile } from '../os/raw-entries.ts';
import { displayName, rootedName } from './byte-names.ts';
import { Crc64 } from './crc64.ts';
import { FileIntegrityFailed, InvalidTarSplit } from './errors.ts';
import { TarChunks } from './tar-chunks.ts';
import { type TarSplitLine, tarSplitLines } from './tar-split-lines.ts';

/**
 * The very bytes of a layer's tar, from its tar-split file and its files. Files are found with the layer's directory for a root, so
 * that links of the layer lead to where they led when it was unpacked, and never out of it. A chunk is valid until the next one is
 * asked for. Format: storage.md 3.
 * @param diffDirs the layer's own directory, then those below it, nearest first  @throws FileIntegrityFailed, InvalidTarSplit
 */
export async function* assembleTarSplit(tarSplitPath: string, diffDirs: readonly string[]): AsyncGenerator<Uint8Array> {
  using roots = new Roots(diffDirs);
  const crc = new Crc64();
  const chunks = new TarChunks(true);
  for await (const lines of tarSplitLines(tarSplitPath)) {
    for (const line of lines) {
      if (line.type === 2) yield* chunks.put(line.payload);
      else if (line.size > 0) {
        crc.reset();
        const missing = yield* chunks.file(roots.open(line, tarSplitPath), line.size, (bytes) => crc.update(bytes));
        if (missing > 0 || !crc.equals(line.payload)) throw new FileIntegrityFailed(displayName(line.name));
      }
    }
  }
  yield* chunks.rest();
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

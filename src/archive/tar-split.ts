import { closeSync, constants, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { encodeName } from './byte-names.ts';
import { Crc64 } from './crc64.ts';
import { FileIntegrityFailed, InvalidTarSplit } from './errors.ts';

interface Line {
  type: 1 | 2;
  name?: string;
  name_raw?: string;
  size?: number;
  payload: string | null;
}

const CHUNK = 1 << 18;

/**
 * The very bytes of a layer's tar, from its tar-split file and its files.
 * @param diffDirs the layer's own directory, then those below it, nearest first  @throws FileIntegrityFailed, InvalidTarSplit
 */
export async function* assembleTarSplit(tarSplitPath: string, diffDirs: readonly string[]): AsyncGenerator<Uint8Array> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const line of readLines(tarSplitPath)) {
    if (line.type === 2) {
      const bytes = Buffer.from(line.payload ?? '', 'base64');
      pending.push(bytes);
      length += bytes.length;
    } else if (line.size) {
      for (const bytes of fileContent(line, diffDirs)) {
        pending.push(bytes);
        length += bytes.length;
        if (length < CHUNK) continue;
        yield Buffer.concat(pending);
        pending = [];
        length = 0;
      }
    }
    if (length < CHUNK) continue;
    yield Buffer.concat(pending);
    pending = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pending);
}

async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = '';
  const parse = (text: string): Line => {
    try {
      return JSON.parse(text) as Line;
    } catch (error) {
      throw new InvalidTarSplit(path, 'not a line of JSON', { cause: error });
    }
  };
  const text = createReadStream(path, { highWaterMark: CHUNK }).pipe(createGunzip({ chunkSize: CHUNK }));
  text.setEncoding('utf8');
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield parse(line);
  }
  if (rest !== '') yield parse(rest);
}

function* fileContent(line: Line, diffDirs: readonly string[]): Generator<Buffer> {
  const name = line.name_raw === undefined ? encodeName(line.name ?? '') : Buffer.from(line.name_raw, 'base64').toString('latin1');
  const fd = openFirst(name, diffDirs);
  const crc = new Crc64();
  try {
    for (let left = line.size!; left > 0; ) {
      const buffer = Buffer.allocUnsafe(Math.min(left, CHUNK));
      const count = readSync(fd, buffer, 0, buffer.length, null);
      if (count === 0) throw new FileIntegrityFailed(name);
      const bytes = buffer.subarray(0, count);
      crc.update(bytes);
      left -= count;
      yield bytes;
    }
  } finally {
    closeSync(fd);
  }
  if (!crc.equals(Buffer.from(line.payload ?? '', 'base64'))) throw new FileIntegrityFailed(name);
}

function openFirst(name: string, diffDirs: readonly string[]): number {
  for (const directory of diffDirs) {
    try {
      return openSync(pathOf(directory, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new FileIntegrityFailed(name);
}

const pathOf = (directory: string, name: string): Buffer => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]);

import { closeSync, openSync } from 'node:fs';
import { readInto } from '../os/raw-entries.ts';
import { encodeName } from './byte-names.ts';
import { Compression } from './compression.ts';
import { CorruptCompression, InvalidTarSplit } from './errors.ts';
import { inflate } from './inflate.ts';

/** One line of a tar-split file: 1 stands for a file, 2 for bytes of the archive itself. */
export interface TarSplitLine {
  readonly type: 1 | 2;
  /** A byte string. */
  readonly name: string;
  readonly size: number;
  /** The bytes of a segment; of a file its CRC-64. */
  readonly payload: Buffer;
}

/** The longest line that a writer makes: a segment of 1 MiB in base64, and room. */
const MAX_LINE = 4 << 20;
const CHUNK = 256 << 10;
const NEWLINE = 10;
const none = Buffer.alloc(0);

/** The lines of a tar-split file, some at a time. @throws InvalidTarSplit */
export async function* tarSplitLines(path: string): AsyncGenerator<TarSplitLine[]> {
  yield* readTarSplit(inflate(fileChunks(path), Compression.gzip), path);
}

/** The lines of a tar-split, some at a time. @param path what messages call it @throws InvalidTarSplit */
export async function* readTarSplit(source: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<TarSplitLine[]> {
  let rest = none;
  try {
    for await (const inflated of source) {
      const bytes = Buffer.concat([rest, inflated]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = Buffer.from(bytes.subarray(end));
      if (rest.length > MAX_LINE) throw new InvalidTarSplit(path, 'a line is too long');
      yield parseLines(bytes.subarray(0, end), path);
    }
  } catch (cause) {
    if (cause instanceof CorruptCompression) throw new InvalidTarSplit(path, cause.message, { cause });
    throw cause;
  }
  if (rest.length > 0) yield parseLines(rest, path);
}

function parseLines(bytes: Buffer, path: string): TarSplitLine[] {
  const lines: TarSplitLine[] = [];
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(parseSegment(bytes, at, end) ?? parseLine(bytes.toString('utf8', at, end), path));
    at = end + 1;
  }
  return lines;
}

const segmentStart = Buffer.from('{"type":2,"payload":"');

/** Segments are most of the file, and always look the same: their base64 is decoded where it lies. */
function parseSegment(bytes: Buffer, at: number, end: number): TarSplitLine | undefined {
  const start = at + segmentStart.length;
  if (bytes.compare(segmentStart, 0, segmentStart.length, at, Math.min(start, end)) !== 0) return undefined;
  const quote = bytes.indexOf(34, start);
  if (quote < 0 || quote > end) return undefined;
  return { type: 2, name: '', size: 0, payload: Buffer.from(bytes.toString('latin1', start, quote), 'base64') };
}

function parseLine(text: string, path: string): TarSplitLine {
  let line: { type?: unknown; name?: unknown; name_raw?: unknown; size?: unknown; payload?: unknown };
  try {
    line = JSON.parse(text);
  } catch (cause) {
    throw new InvalidTarSplit(path, 'not a line of JSON', { cause });
  }
  const size = line.size ?? 0;
  if ((line.type !== 1 && line.type !== 2) || !Number.isSafeInteger(size)) throw new InvalidTarSplit(path, 'not an entry of tar-split');
  const name =
    typeof line.name_raw === 'string' ? Buffer.from(line.name_raw, 'base64').toString('latin1') : encodeName(String(line.name ?? ''));
  const payload = typeof line.payload === 'string' ? Buffer.from(line.payload, 'base64') : none;
  return { type: line.type, name, size: size as number, payload };
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(CHUNK);
      const count = readInto(fd, buffer, 0, CHUNK);
      if (count <= 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}

import { cleanName, decodeName, displayName } from './byte-names.ts';
import { Crc64 } from './crc64.ts';
import { DuplicatePath } from './errors.ts';
import { PathSet } from './path-set.ts';
import type { TarEntry } from './tar-entry.ts';
import type { TarListener } from './tar-reader.ts';

/** Longest segment that is kept in memory before it is written as one. */
const MAX_SEGMENT = 1 << 20;

/** Where the lines go, to be compressed. */
export interface TextSink {
  /** True while there is room; when false, `settle` before more. */
  pushText(text: string, encoding: 'latin1' | 'utf8'): boolean;
  settle(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Writes the tar-split of a layer while it is unpacked: JSON lines, from which the very bytes of the tar are put
 * together again (storage.md 3). Feed it as the listener of a TarReader, and `settle` whenever `isFull`.
 */
export class TarSplitWriter implements TarListener {
  readonly #lines: TextSink;
  readonly #seen = new PathSet();
  readonly #crc = new Crc64();
  #segment = Buffer.allocUnsafe(16 << 10);
  #segmentLength = 0;
  #position = 0;
  #file: TarEntry | undefined;
  isFull = false;

  constructor(lines: TextSink) {
    this.#lines = lines;
  }

  raw(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(MAX_SEGMENT - this.#segmentLength, bytes.length - at);
      this.#reserve(this.#segmentLength + length);
      this.#segment.set(at === 0 && length === bytes.length ? bytes : bytes.subarray(at, at + length), this.#segmentLength);
      this.#segmentLength += length;
      at += length;
      if (this.#segmentLength === MAX_SEGMENT) this.#endSegment();
    }
  }

  /** @throws DuplicatePath */
  entry(entry: TarEntry): void {
    this.#endSegment();
    if (!this.#seen.add(cleanName(entry.name))) throw new DuplicatePath(displayName(entry.name));
    this.#file = entry;
    if (entry.size > 0 && entry.sparse === undefined) this.#crc.reset();
    else this.#writeFile(entry, 0);
  }

  content(bytes: Uint8Array): void {
    if (this.#file!.sparse === undefined) this.#crc.update(bytes);
  }

  endEntry(): void {
    const file = this.#file!;
    if (file.size > 0 && file.sparse === undefined) this.#writeFile(file, file.size);
  }

  /** What follows the end has segments of its own. */
  archiveEnd(): void {
    this.#endSegment();
  }

  settle(): Promise<void> {
    this.isFull = false;
    return this.#lines.settle();
  }

  end(): Promise<void> {
    this.#endSegment();
    return this.#lines.end();
  }

  #endSegment(): void {
    if (this.#segmentLength === 0) return;
    const payload = this.#segment.toString('base64', 0, this.#segmentLength);
    this.#segmentLength = 0;
    this.#text('{"type":2,"payload":"');
    this.#text(payload);
    this.#text(`","position":${this.#position++}}\n`);
  }

  #writeFile(entry: TarEntry, size: number): void {
    const sum = size === 0 ? 'null' : `"${this.#crc.digest().toString('base64')}"`;
    const length = size === 0 ? '' : `"size":${size},`;
    this.#text(`{"type":1,${nameField(entry.name)}${length}"payload":${sum},"position":${this.#position++}}\n`, 'utf8');
  }

  #text(text: string, encoding: 'latin1' | 'utf8' = 'latin1'): void {
    if (!this.#lines.pushText(text, encoding)) this.isFull = true;
  }

  #reserve(length: number): void {
    if (length <= this.#segment.length) return;
    const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#segment.length));
    this.#segment.copy(larger, 0, 0, this.#segmentLength);
    this.#segment = larger;
  }
}

function nameField(name: string): string {
  if (name === '') return '';
  const text = decodeName(name);
  if (text === undefined) return `"name_raw":"${Buffer.from(name, 'latin1').toString('base64')}",`;
  return `"name":${goString(text)},`;
}

const plain = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7f]*$/;

/** A JSON string as Go's encoder writes it: safe inside HTML. */
function goString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

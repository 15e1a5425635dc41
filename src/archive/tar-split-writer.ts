import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { constants, createGzip } from 'node:zlib';
import { decodeName } from './byte-names.ts';
import { Crc64 } from './crc64.ts';

const SEGMENT = 1 << 20;
const PENDING = 1 << 18;

/** Writes what is needed besides the files to put a layer's very bytes together again. Format: storage.md 3. */
export class TarSplitWriter {
  private readonly gzip = createGzip({ level: constants.Z_BEST_SPEED });
  private readonly output;
  private readonly crc = new Crc64();
  private position = 0;
  private size = 0;
  private segment: Buffer[] = [];
  private segmentLength = 0;
  private text = '';
  private isFull = false;

  constructor(fd: number) {
    this.output = createWriteStream('', { fd });
    this.gzip.pipe(this.output);
  }

  /** Bytes of the archive that are not a file's. */
  raw(bytes: Uint8Array): void {
    this.segment.push(Buffer.from(bytes));
    this.segmentLength += bytes.length;
    if (this.segmentLength >= SEGMENT) this.flushSegment();
  }

  content(bytes: Uint8Array): void {
    this.crc.update(bytes);
    this.size += bytes.length;
  }

  /** Ends an entry: its header came as `raw`, its file, where it has one, as `content`. @param name a byte string */
  file(name: string): void {
    this.flushSegment();
    const text = decodeName(name);
    const label = text === undefined ? { name_raw: Buffer.from(name, 'latin1').toString('base64') } : name === '' ? {} : { name: text };
    const sum = this.size > 0 ? Buffer.from(this.crc.digest()).toString('base64') : null;
    this.line({ type: 1, ...label, ...(this.size > 0 ? { size: this.size } : {}), payload: sum, position: this.position++ });
    this.crc.reset();
    this.size = 0;
  }

  /** Settled when there is room for more: to be awaited now and then, so that memory stays flat. */
  async drained(): Promise<void> {
    if (this.isFull) await once(this.gzip, 'drain');
    this.isFull = false;
  }

  async end(): Promise<void> {
    this.flushSegment();
    this.gzip.end(this.text);
    await once(this.output, 'close');
  }

  private flushSegment(): void {
    if (this.segmentLength === 0) return;
    const bytes = this.segment.length === 1 ? this.segment[0]! : Buffer.concat(this.segment);
    this.line({ type: 2, payload: bytes.toString('base64'), position: this.position++ });
    this.segment = [];
    this.segmentLength = 0;
  }

  private line(entry: Record<string, unknown>): void {
    this.text += `${JSON.stringify(entry).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
    if (this.text.length < PENDING) return;
    if (!this.gzip.write(this.text)) this.isFull = true;
    this.text = '';
  }
}

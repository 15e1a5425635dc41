import { constants, crc32, deflateRaw } from 'node:zlib';

/** As pigz and pgzip cut it: long enough that a block's start costs nothing, short enough to keep all threads busy. */
const BLOCK = 1 << 20;
const WINDOW = 32 << 10;
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

export interface GzipOptions {
  /** 1 to 9 */
  level?: number;
  /** Blocks that are compressed at the same time. */
  parallel?: number;
}

/**
 * Writes one gzip member whose blocks are deflated side by side on the threads of the pool. Each block begins with the 32 KiB before
 * it as its dictionary and ends on a byte boundary, so that they are simply put one behind the other.
 */
export class GzipWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #level: number;
  readonly #parallel: number;
  readonly #running: Promise<Uint8Array>[] = [];
  #block = Buffer.allocUnsafe(BLOCK);
  #length = 0;
  #dictionary: Buffer | undefined;
  #crc = 0;
  #total = 0;

  /** @param write takes the compressed bytes, in order */
  constructor(write: (bytes: Uint8Array) => void, { level = 6, parallel = 4 }: GzipOptions = {}) {
    this.#write = write;
    this.#level = level;
    this.#parallel = parallel;
    write(HEADER);
  }

  /** Takes bytes, which are copied. True while there is room; when false, `settle` before more. */
  push(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(BLOCK - this.#length, bytes.length - at);
      this.#block.set(length === bytes.length ? bytes : bytes.subarray(at, at + length), this.#length);
      this.#length += length;
      at += length;
      if (this.#length === BLOCK) this.#startBlock(false);
    }
    return this.#running.length < this.#parallel;
  }

  /** The same for text, which is encoded where it is compressed from. */
  pushText(text: string, encoding: 'latin1' | 'utf8'): boolean {
    // No character takes more than three bytes for each of its UTF-16 units.
    if (text.length * 3 > BLOCK - this.#length) return this.push(Buffer.from(text, encoding));
    this.#length += this.#block.write(text, this.#length, encoding);
    return this.#running.length < this.#parallel;
  }

  /** Writes what is compressed until no more than `left` blocks are under way. */
  async settle(left = this.#parallel - 1): Promise<void> {
    while (this.#running.length > left) this.#write(await this.#running.shift()!);
  }

  /** Compresses what is left and writes the end. */
  async end(): Promise<void> {
    this.#startBlock(true);
    await this.settle(0);
    const trailer = Buffer.allocUnsafe(8);
    trailer.writeUInt32LE(this.#crc >>> 0, 0);
    trailer.writeUInt32LE(this.#total % 2 ** 32, 4);
    this.#write(trailer);
  }

  #startBlock(last: boolean): void {
    const block = this.#block.subarray(0, this.#length);
    this.#crc = crc32(block, this.#crc);
    this.#total += block.length;
    const work = deflateBlock(block, this.#level, this.#dictionary, last);
    work.catch(() => {});
    this.#running.push(work);
    this.#dictionary = block.subarray(Math.max(0, block.length - WINDOW));
    this.#block = last ? Buffer.alloc(0) : Buffer.allocUnsafe(BLOCK);
    this.#length = 0;
  }
}

function deflateBlock(block: Buffer, level: number, dictionary: Buffer | undefined, last: boolean): Promise<Uint8Array> {
  const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const options = { level, finishFlush, chunkSize: 256 << 10, ...(dictionary !== undefined && dictionary.length > 0 && { dictionary }) };
  return new Promise((resolve, reject) => {
    deflateRaw(block, options, (error, compressed) => (error ? reject(error) : resolve(compressed)));
  });
}

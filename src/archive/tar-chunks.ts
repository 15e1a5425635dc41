import { closeEntry, readInto } from '../os/raw-entries.ts';
import { paddingOf } from './tar-header.ts';

/** What is handed on at once: enough to make the steps behind it worth while. */
const CHUNK = 1 << 20;

/**
 * Lays a stream out in chunks of one size: small pieces are gathered, files are read into place. Its methods are generators of the
 * chunks that become full. A chunk is the consumer's own; with `reuse` it is valid until the next is asked for, which saves the
 * kernel from finding new memory for each: a third of the system time of a push.
 */
export class TarChunks {
  #chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  #other: Buffer | undefined;
  #length = 0;

  constructor(readonly reuse = false) {}

  *put(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + CHUNK - this.#length);
      this.#chunk.set(piece, this.#length);
      this.#length += piece.length;
      at += piece.length;
      if (this.#length === CHUNK) yield this.#next();
    }
  }

  /**
   * `size` bytes of an open file, which is closed then; `see` is shown them piece by piece. Answers how many were missing.
   */
  *file(fd: number, size: number, see?: (bytes: Uint8Array) => void): Generator<Uint8Array, number> {
    try {
      for (let left = size; left > 0; ) {
        const count = readInto(fd, this.#chunk, this.#length, Math.min(left, CHUNK - this.#length));
        if (count <= 0) return left;
        see?.(this.#chunk.subarray(this.#length, this.#length + count));
        this.#length += count;
        left -= count;
        if (this.#length === CHUNK) yield this.#next();
      }
      return 0;
    } finally {
      closeEntry(fd);
    }
  }

  *zeros(count: number): Generator<Uint8Array> {
    for (let left = count; left > 0; ) {
      const length = Math.min(left, CHUNK - this.#length);
      this.#chunk.fill(0, this.#length, this.#length + length);
      this.#length += length;
      left -= length;
      if (this.#length === CHUNK) yield this.#next();
    }
  }

  *padding(size: number): Generator<Uint8Array> {
    yield* this.zeros(paddingOf(size));
  }

  /** What is left at the end. */
  *rest(): Generator<Uint8Array> {
    if (this.#length > 0) yield this.#chunk.subarray(0, this.#length);
    this.#length = 0;
  }

  #next(): Uint8Array {
    const full = this.#chunk;
    this.#chunk = this.#other ?? Buffer.allocUnsafeSlow(CHUNK);
    if (this.reuse) this.#other = full;
    this.#length = 0;
    return full;
  }
}

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

type Step = 'magic' | 'skipSize' | 'descriptor' | 'skip' | 'blockHeader';

/**
 * Follows the frames and blocks of a zstd stream by their headers, without decompressing: node's decompressor does not tell whether
 * the stream that ended was complete. Format: RFC 8878, 3.1.
 */
export class ZstdFrames {
  #step: Step = 'magic';
  /** Bytes of the field that is being collected, and how many it has. */
  #field = 0;
  #fieldLength = 0;
  #skip = 0;
  #afterSkip: Step = 'magic';
  #hasChecksum = false;

  /** Whether the stream may end here. Bytes that are no zstd are left to the decompressor to complain of. */
  get isComplete(): boolean {
    return this.#step === 'magic' && this.#fieldLength === 0;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#step === 'skip') {
        const length = Math.min(this.#skip, bytes.length - at);
        this.#skip -= length;
        at += length;
        if (this.#skip === 0) this.#step = this.#afterSkip;
      } else this.#collect(bytes[at++]!);
    }
  }

  #collect(byte: number): void {
    this.#field += byte * 256 ** this.#fieldLength++;
    const wanted = this.#step === 'descriptor' ? 1 : this.#step === 'blockHeader' ? 3 : 4;
    if (this.#fieldLength < wanted) return;
    const value = this.#field;
    this.#field = 0;
    this.#fieldLength = 0;
    if (this.#step === 'magic') this.#magic(value);
    else if (this.#step === 'skipSize') this.#pass(value, 'magic');
    else if (this.#step === 'descriptor') this.#descriptor(value);
    else this.#block(value);
  }

  #magic(value: number): void {
    if (value === FRAME_MAGIC) this.#step = 'descriptor';
    else if ((value & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) this.#step = 'skipSize';
    else this.#pass(Number.POSITIVE_INFINITY, 'magic');
  }

  #descriptor(value: number): void {
    const isSingleSegment = (value & 0x20) !== 0;
    const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][value >> 6]!;
    this.#hasChecksum = (value & 4) !== 0;
    this.#pass((isSingleSegment ? 0 : 1) + [0, 1, 2, 4][value & 3]! + contentSize, 'blockHeader');
  }

  #block(value: number): void {
    const isLast = (value & 1) !== 0;
    const isRunLength = ((value >> 1) & 3) === 1;
    const size = isRunLength ? 1 : value >> 3;
    this.#pass(size + (isLast && this.#hasChecksum ? 4 : 0), isLast ? 'magic' : 'blockHeader');
  }

  #pass(length: number, next: Step): void {
    this.#skip = length;
    this.#afterSkip = next;
    this.#step = length === 0 ? next : 'skip';
  }
}

/** Who takes the pieces of a file. */
export interface PieceSink {
  data(bytes: Uint8Array): void;
  zeros(count: number): void;
  /** What came since the last call is a piece; without any bytes it is none. */
  endPiece(kind: '' | 'zeros'): void;
}

/** Zeros in a row that are a piece of their own. */
const holeThreshold = 1024;
const windowSize = 64;
const charOffset = 31;
/** The rolling sum ends a piece where its lower bits are all ones: after 64 KiB on the average. */
const splitMask = 0xffff;

/**
 * Cuts a file's content where its bytes say so, as containers/storage does, so that the same bytes make the same pieces wherever they
 * lie: by the rolling sum that bup and Perkeep use, and around holes.
 */
export class ContentPieces {
  readonly #sink: PieceSink;
  readonly #window = new Uint8Array(windowSize);
  #at = 0;
  #s1 = windowSize * charOffset;
  #s2 = windowSize * (windowSize - 1) * charOffset;
  /** Zeros that are not handed on yet. */
  #zeros = 0;

  constructor(sink: PieceSink) {
    this.#sink = sink;
  }

  write(bytes: Uint8Array): void {
    const window = this.#window;
    let at = this.#at;
    let s1 = this.#s1;
    let s2 = this.#s2;
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === 0) {
        if (start < i) this.#sink.data(bytes.subarray(start, i));
        start = i + 1;
        if (++this.#zeros === holeThreshold) this.#sink.endPiece('');
        continue;
      }
      if (this.#zeros > 0) {
        this.#at = at;
        this.#s1 = s1;
        this.#s2 = s2;
        this.#flushZeros();
        at = this.#at;
        s1 = this.#s1;
        s2 = this.#s2;
      }
      const dropped = window[at]!;
      s1 = (s1 + byte - dropped) | 0;
      s2 = (s2 + s1 - windowSize * (dropped + charOffset)) | 0;
      window[at] = byte;
      at = (at + 1) & (windowSize - 1);
      if ((s2 & splitMask) === splitMask) {
        this.#sink.data(bytes.subarray(start, i + 1));
        start = i + 1;
        this.#sink.endPiece('');
      }
    }
    if (start < bytes.length) this.#sink.data(bytes.subarray(start));
    this.#at = at;
    this.#s1 = s1;
    this.#s2 = s2;
  }

  end(): void {
    this.#flushZeros();
    this.#sink.endPiece('');
  }

  #flushZeros(): void {
    const count = this.#zeros;
    this.#zeros = 0;
    if (count >= holeThreshold) {
      this.#sink.zeros(count);
      this.#sink.endPiece('zeros');
      // Once the window holds nothing else, more of them change nothing.
      for (let i = 0; i < Math.min(count, windowSize); i++) this.#roll();
      return;
    }
    let pending = 0;
    for (let i = 0; i < count; i++) {
      pending++;
      this.#roll();
      if ((this.#s2 & splitMask) !== splitMask) continue;
      this.#sink.zeros(pending);
      this.#sink.endPiece('');
      pending = 0;
    }
    if (pending > 0) this.#sink.zeros(pending);
  }

  /** Moves the window over a zero. */
  #roll(): void {
    const dropped = this.#window[this.#at]!;
    this.#s1 = (this.#s1 - dropped) | 0;
    this.#s2 = (this.#s2 + this.#s1 - windowSize * (dropped + charOffset)) | 0;
    this.#window[this.#at] = 0;
    this.#at = (this.#at + 1) & (windowSize - 1);
  }
}

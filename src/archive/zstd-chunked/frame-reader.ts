import { InvalidChunkedLayer } from './format.ts';

/** A blob that gives parts of itself: exactly the bytes asked for, one range behind the other. */
export interface PartsSource {
  parts(ranges: readonly Range[]): AsyncIterable<Uint8Array>;
}

export interface Range {
  readonly offset: number;
  readonly end: number;
}

/** Bytes between two wanted ranges that are rather fetched along than asked around. */
const smallGap = 4096;
const mostRanges = 100;
/** Most frames fit here; for a longer one there is memory of its own. */
const usualFrame = 256 << 10;

/** Reads frames in the order in which they are needed, out of one stream of all the ranges in which they lie. */
export class FrameReader implements AsyncDisposable {
  readonly #ranges: Range[];
  readonly #stream: AsyncIterator<Uint8Array>;
  readonly #frame = new Uint8Array(usualFrame);
  /** Where the next byte of the stream lies in the blob, in which range, and what was received from there on. */
  #position = 0;
  #rangeEnd = 0;
  #received: Uint8Array = new Uint8Array(0);

  constructor(source: PartsSource, frames: readonly Range[]) {
    this.#ranges = joinRanges(frames);
    this.#stream = source.parts([...this.#ranges])[Symbol.asyncIterator]();
  }

  /** The bytes of the next frame, valid until the one after it is asked for. */
  async read({ offset, end }: Range): Promise<Uint8Array> {
    if (offset < this.#position || end > this.#rangeEnd) {
      const range = this.#ranges.shift();
      if (range === undefined || offset < range.offset || end > range.end)
        throw new InvalidChunkedLayer('table and tar-split differ in their order');
      await this.#take(this.#rangeEnd - this.#position);
      this.#rangeEnd = range.end;
      this.#position = range.offset;
    }
    await this.#take(offset - this.#position);
    const frame = end - offset <= usualFrame ? this.#frame.subarray(0, end - offset) : new Uint8Array(end - offset);
    await this.#take(end - offset, frame);
    return frame;
  }

  /** Goes on by so many bytes, and copies them where they are wanted: the source may use the memory again for what comes next. */
  async #take(length: number, target?: Uint8Array): Promise<void> {
    for (let at = 0; at < length; ) {
      if (this.#received.length === 0) {
        const { done, value } = await this.#stream.next();
        if (done) throw new InvalidChunkedLayer('a part ended early');
        this.#received = value;
        continue;
      }
      const piece = this.#received.subarray(0, length - at);
      target?.set(piece, at);
      this.#received = this.#received.subarray(piece.length);
      at += piece.length;
    }
    this.#position += length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.return?.();
  }
}

/** Few ranges that hold all the frames, in their order: small gaps are closed, then the smallest of the others. */
export function joinRanges(frames: readonly Range[], most = mostRanges): Range[] {
  const gaps = frames.slice(1).map(({ offset }, index) => offset - frames[index]!.end);
  const large = gaps.filter((gap) => gap > smallGap).sort((a, b) => b - a);
  const largest = Math.max(smallGap, large[most - 1] ?? 0);
  const ranges: { offset: number; end: number }[] = [];
  for (const [index, { offset, end }] of frames.entries()) {
    const last = ranges.at(-1);
    const gap = gaps[index - 1] ?? -1;
    if (last && gap >= 0 && gap <= largest) last.end = end;
    else ranges.push({ offset, end });
  }
  return ranges;
}

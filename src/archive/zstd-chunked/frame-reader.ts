import { InvalidChunkedLayer } from './format.ts';

/** A blob that gives parts of itself: exactly the bytes asked for. */
export interface PartsSource {
  part(offset: number, length: number): AsyncIterable<Uint8Array>;
}

export interface Range {
  readonly offset: number;
  readonly end: number;
}

/** Bytes between two wanted ranges that are rather fetched along than asked around. */
const smallGap = 4096;
const mostRequests = 100;

/** Fetches frames in the order in which they are needed, many with one request. */
export class FrameReader implements AsyncDisposable {
  readonly #source: PartsSource;
  readonly #ranges: Range[];
  #stream: AsyncIterator<Uint8Array> | undefined;
  /** Where the next byte of the stream lies in the blob, and what was received from there on. */
  #position = 0;
  #rangeEnd = 0;
  #received: Uint8Array = new Uint8Array(0);

  constructor(source: PartsSource, frames: readonly Range[]) {
    this.#source = source;
    this.#ranges = joinRanges(frames);
  }

  /** The bytes of the next frame. */
  async read({ offset, end }: Range): Promise<Uint8Array> {
    const [range] = this.#ranges;
    if (this.#stream === undefined || offset < this.#position || end > this.#rangeEnd) {
      await this.#close();
      if (range === undefined || offset < range.offset || end > range.end)
        throw new InvalidChunkedLayer('table and tar-split differ in their order');
      this.#ranges.shift();
      this.#rangeEnd = range.end;
      this.#position = range.offset;
      this.#stream = this.#source.part(range.offset, range.end - range.offset)[Symbol.asyncIterator]();
    }
    await this.#take(offset - this.#position);
    return this.#take(end - offset);
  }

  async #take(length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let left = length; left > 0; ) {
      if (this.#received.length === 0) {
        const { done, value } = await this.#stream!.next();
        if (done) throw new InvalidChunkedLayer('a part ended early');
        this.#received = value;
        continue;
      }
      const piece = this.#received.subarray(0, left);
      // The source may use the memory again for what comes next.
      pieces.push(piece.length < length ? Uint8Array.prototype.slice.call(piece) : piece);
      this.#received = this.#received.subarray(piece.length);
      left -= piece.length;
    }
    this.#position += length;
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  async #close(): Promise<void> {
    await this.#stream?.return?.();
    this.#stream = undefined;
    this.#received = new Uint8Array(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** Few ranges that hold all the frames, in their order: small gaps are closed, then the smallest of the others. */
export function joinRanges(frames: readonly Range[], most = mostRequests): Range[] {
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

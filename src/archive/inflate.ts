import { Compression } from './compression.ts';
import { CorruptCompression } from './errors.ts';
import { BackgroundInflater } from './zlib-handle.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Whole blocks of tar, and what fits the second-level cache together with what is done to it. */
const CHUNK = 1 << 20;

/**
 * Decompresses gzip or zstd on a thread of the pool, one chunk ahead of the consumer. Two output buffers are used in turn: a chunk is
 * valid until the next one is asked for. All chunks but the last are of the same size. Reads the source to its end, whatever follows
 * the compressed stream. @throws CorruptCompression
 */
export async function* inflate(source: AsyncIterable<Uint8Array>, compression: typeof Compression.gzip | typeof Compression.zstd) {
  const format = compression === Compression.gzip ? 'gzip' : 'zstd';
  using inflater = new BackgroundInflater(format);
  const frames = format === 'zstd' ? new ZstdFrames() : undefined;
  const filler = new Filler(source[Symbol.asyncIterator](), inflater, format, frames);
  const buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)] as const;
  let ahead = filler.fill(buffers[0]);
  try {
    for (let turn = 1; ; turn ^= 1) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      ahead = filler.fill(buffers[turn === 0 ? 0 : 1]);
      ahead.catch(() => {});
      yield chunk;
    }
  } finally {
    await ahead.catch(() => {});
    await filler.close();
  }
}

class Filler {
  #input: Uint8Array = new Uint8Array(0);
  #inputAt = 0;
  #finished = false;
  #sawInput = false;

  constructor(
    readonly source: AsyncIterator<Uint8Array>,
    readonly inflater: BackgroundInflater,
    readonly format: string,
    readonly frames: ZstdFrames | undefined,
  ) {}

  /** Fills the buffer as far as the stream goes; empty at its end. */
  async fill(output: Uint8Array): Promise<Uint8Array> {
    let at = 0;
    while (at < output.length && !this.#finished) {
      const ended = this.#inputAt === this.#input.length && !(await this.#nextInput());
      const offered = this.#input.length - this.#inputAt;
      const step = await this.#step(output, at, ended);
      const produced = output.length - at - step.outputLeft;
      at += produced;
      this.#inputAt += offered - step.inputLeft;
      if (ended && produced === 0) this.#finish();
      else if (!ended && produced === 0 && step.inputLeft === offered) await this.#skipRest();
    }
    return output.subarray(0, at);
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  async #step(output: Uint8Array, at: number, ended: boolean) {
    try {
      return await this.inflater.step(this.#input, this.#inputAt, this.#input.length - this.#inputAt, output, at, ended && this.#sawInput);
    } catch (cause) {
      const detail = (cause as Error).message;
      throw new CorruptCompression(this.format, /end of file|BUF_ERROR/i.test(detail) ? 'unexpected EOF' : detail, { cause });
    }
  }

  async #nextInput(): Promise<boolean> {
    for (;;) {
      const next = await this.source.next();
      if (next.done) return false;
      if (next.value.length === 0) continue;
      this.frames?.update(next.value);
      this.#input = next.value;
      this.#inputAt = 0;
      this.#sawInput = true;
      return true;
    }
  }

  #finish(): void {
    if (this.frames?.isComplete === false) throw new CorruptCompression(this.format, 'unexpected EOF');
    this.#finished = true;
  }

  /** What follows the end of a stream is padding: read, so that the digest counts it, and otherwise left alone. */
  async #skipRest(): Promise<void> {
    this.#finished = true;
    while (!(await this.source.next()).done);
  }
}

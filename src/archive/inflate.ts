import { Compression } from './compression.ts';
import { CorruptCompression } from './errors.ts';
import { BackgroundInflater } from './zlib-handle.ts';

const OUTPUT = 1 << 20;

/**
 * Decompresses gzip (members one after another count as one stream) or zstd in the background, into two buffers that take turns.
 * @throws CorruptCompression on garbage and on a stream that breaks off
 */
export async function* inflate(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  const format = compression === Compression.gzip ? 'gzip' : 'zstd';
  using inflater = new BackgroundInflater(format);
  const buffers = [Buffer.allocUnsafeSlow(OUTPUT), Buffer.allocUnsafeSlow(OUTPUT)];
  let turn = 0;
  let ended = false;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const output = buffers[turn++ & 1]!;
      let step: { inputLeft: number; outputLeft: number };
      try {
        step = await inflater.step(chunk, at, chunk.length - at, output, 0, false);
      } catch (error) {
        throw new CorruptCompression(format, (error as Error).message, { cause: error });
      }
      const produced = output.length - step.outputLeft;
      const consumed = chunk.length - at - step.inputLeft;
      at += consumed;
      if (produced > 0) yield output.subarray(0, produced);
      else if (consumed === 0) {
        ended = true;
        break;
      }
    }
    if (ended) break;
  }
}

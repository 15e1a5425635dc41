import { BlockCompressor } from './block-compressor.ts';

/** Long enough that a block's own header and tables cost next to nothing, short enough to keep two threads busy. */
const BLOCK = 1 << 20;
/** Blocks under way at most. */
const AHEAD = 6;
/** Where libdeflate makes of a Debian base what gzip -6 makes of it, at a third of the time. */
const DEFAULT_LEVEL = 3;

/**
 * gzip of a stream: blocks that are members of their own, compressed on two threads. Members one after another are one stream
 * (RFC 1952, 2.2). @param level 1 to 12
 */
export async function* gzip(source: AsyncIterable<Uint8Array>, level = DEFAULT_LEVEL): AsyncGenerator<Uint8Array> {
  using compressor = new BlockCompressor(level);
  const running: Promise<Uint8Array>[] = [];
  let isEmpty = true;
  for await (const block of blocks(source)) {
    isEmpty = false;
    running.push(compressor.compress(block));
    while (running.length >= AHEAD) yield await running.shift()!;
  }
  if (isEmpty) yield await compressor.compress(new Uint8Array(0));
  for (const block of running) yield await block;
}

/** The stream cut into blocks that are nobody else's. */
async function* blocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block: Uint8Array<ArrayBuffer> = Buffer.allocUnsafeSlow(BLOCK);
  let length = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK - length);
      block.set(piece, length);
      length += piece.length;
      at += piece.length;
      if (length < BLOCK) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(BLOCK);
      length = 0;
    }
  }
  if (length > 0) yield Uint8Array.prototype.slice.call(block, 0, length) as Uint8Array<ArrayBuffer>;
}

import { promisify } from 'node:util';
import { gzip as gzipOnce } from 'node:zlib';

const compressBlock = promisify(gzipOnce) as (input: Uint8Array, options: { level: number }) => Promise<Buffer>;
const BLOCK = 1 << 20;
const PARALLEL = 4;

/** gzip of a stream in blocks, each a member of its own, several at once on the pool's threads. Members one after another are one stream. */
export async function* gzip(source: AsyncIterable<Uint8Array>, level = 6): AsyncGenerator<Uint8Array> {
  const running: Promise<Buffer>[] = [];
  let any = false;
  for await (const block of blocks(source)) {
    any = true;
    running.push(compressBlock(block, { level }));
    if (running.length >= PARALLEL) yield await running.shift()!;
  }
  if (!any) yield await compressBlock(new Uint8Array(0), { level });
  for (const block of running) yield await block;
}

async function* blocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    held.push(Uint8Array.prototype.slice.call(chunk));
    length += chunk.length;
    if (length < BLOCK) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}

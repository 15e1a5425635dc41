import { Readable } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import { SelkieError } from '../errors.ts';

/** A stream as one zstd frame. @param level 1 to 22; 3 where not given, as the field's tools do */
export async function* zstd(source: AsyncIterable<Uint8Array>, level = 3): AsyncGenerator<Uint8Array> {
  if (level < 1 || level > 22) throw new SelkieError(`invalid zstd compression level ${level}`);
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } });
  const input = Readable.from(owned(source));
  input.once('error', (error) => compressor.destroy(error));
  yield* input.pipe(compressor) as AsyncIterable<Uint8Array>;
}

/** A stream of node reads ahead, when the source may use the memory of a chunk again. */
async function* owned(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield Uint8Array.prototype.slice.call(chunk);
}

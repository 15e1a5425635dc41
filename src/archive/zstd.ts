import { Readable } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';

/** zstd of a stream in one frame. @param level 1 to 22, default 3 */
export async function* zstd(source: AsyncIterable<Uint8Array>, level = 3): AsyncGenerator<Uint8Array> {
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } });
  yield* Readable.from(source).pipe(compressor) as AsyncIterable<Uint8Array>;
}

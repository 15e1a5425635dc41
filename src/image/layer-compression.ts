import { SelkieError } from '../errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

const magics: readonly [Compression, readonly number[]][] = [
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** What the first bytes of a stream say. */
export function compressionOf(head: Uint8Array): Compression {
  return magics.find(([, magic]) => magic.every((byte, index) => head[index] === byte))?.[0] ?? 'none';
}

/** Looks at the beginning of a stream and gives it back whole. */
export async function detectCompression(
  source: AsyncIterable<Uint8Array>,
): Promise<{ compression: Compression; stream: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < 6) {
    const { done, value } = await iterator.next();
    if (done) break;
    // The source may use its memory again for the next chunk.
    chunks.push(length + value.length < 6 || chunks.length > 0 ? Uint8Array.prototype.slice.call(value) : value);
    length += value.length;
  }
  const head = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      while (true) {
        const { done, value } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { compression: compressionOf(head), stream: whole() };
}

/** The bytes as they were before they were compressed. */
export async function* decompressed(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === 'none') yield* source;
  else {
    const { decompress } = await import('../archive/compression.ts');
    yield* decompress(source);
  }
}

/** Compresses a layer. @param level of the format, default the format's own @throws SelkieError for a level that gzip has not */
export async function* compressed(source: AsyncIterable<Uint8Array>, format: 'gzip' | 'zstd', level?: number): AsyncGenerator<Uint8Array> {
  if (format === 'gzip' && level !== undefined && (level < -2 || level > 9))
    throw new SelkieError(`writing blob: happened during read: gzip: invalid compression level: ${level}`);
  const { compress } = await import('../archive/compression.ts');
  yield* compress(format, level)(source);
}

/** Compresses a layer as zstd:chunked. @param annotate is told the annotations that the layer gets, when all is read */
export async function* chunked(
  source: AsyncIterable<Uint8Array>,
  level: number | undefined,
  annotate: (annotations: Record<string, string>) => void,
): AsyncGenerator<Uint8Array> {
  const { zstdChunked } = await import('../archive/zstd-chunked/writer.ts');
  yield* zstdChunked(source, level, annotate);
}

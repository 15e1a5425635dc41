import { CorruptCompression } from './errors.ts';

/** As containers/storage numbers them in layers.json. */
export const Compression = { none: 0, bzip2: 1, gzip: 2, xz: 3, zstd: 4 } as const;
export type Compression = (typeof Compression)[keyof typeof Compression];

/** Bytes that detectCompression wants to see, where the stream has so many. */
export const MAGIC_LENGTH = 6;

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  [Compression.bzip2, [0x42, 0x5a, 0x68]],
  [Compression.gzip, [0x1f, 0x8b, 0x08]],
  [Compression.xz, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  [Compression.zstd, [0x28, 0xb5, 0x2f, 0xfd]],
];

/** Tells a format by the first bytes of a stream; anything unknown counts as not compressed. */
export function detectCompression(firstBytes: Uint8Array): Compression {
  for (const [compression, magic] of magics) {
    if (firstBytes.length >= magic.length && magic.every((byte, i) => firstBytes[i] === byte)) return compression;
  }
  return Compression.none;
}

/**
 * The decompressed bytes of a stream, its format found by its first bytes; passes through what is not compressed. Concatenated gzip
 * members and zstd frames are one stream. A chunk may share its memory with later ones: use it before asking for the next.
 * @throws CorruptCompression on garbage or a stream that breaks off
 */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, rest } = await peek(source);
  const compression = detectCompression(first);
  if (compression === Compression.none) return yield* rest;
  if (compression === Compression.gzip || compression === Compression.zstd) {
    const { inflate } = await import('./inflate.ts');
    return yield* inflate(rest, compression);
  }
  const { decompressWithProgram } = await import('./decompressor-program.ts');
  yield* decompressWithProgram(rest, compression);
}

/** Compresses a stream: gzip in blocks on several threads, zstd in one frame. @param level that of the format's own scale */
export function compress(format: 'gzip' | 'zstd', level?: number): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    if (format === 'gzip') {
      const { gzip } = await import('./gzip.ts');
      return yield* gzip(source, level);
    }
    const { zstd } = await import('./zstd.ts');
    yield* zstd(source, level);
  };
}

/** The first bytes of a stream, and the whole stream still. */
export async function peek(source: AsyncIterable<Uint8Array>): Promise<{ first: Uint8Array; rest: AsyncGenerator<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < MAGIC_LENGTH) {
    const next = await iterator.next();
    if (next.done) break;
    // A Buffer's own slice would share the memory that the source may use again.
    held.push(Uint8Array.prototype.slice.call(next.value));
    length += next.value.length;
  }
  return { first: Buffer.concat(held), rest: resume(held, iterator) };
}

async function* resume(held: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

export { CorruptCompression };

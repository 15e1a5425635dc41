import { spawnSync } from 'node:child_process';
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Compression, compress, decompress, detectCompression } from '../../../src/archive/compression.ts';
import { CorruptCompression } from '../../../src/archive/errors.ts';

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const text = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i}\n`).join(''));
const byProgram = (name: string): Buffer => spawnSync(name, ['-c'], { input: text }).stdout;
const formats: [string, () => Buffer, number][] = [
  ['none', () => text, Compression.none],
  ['gzip', () => gzipSync(text), Compression.gzip],
  ['zstd', () => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }), Compression.zstd],
  ['xz', () => byProgram('xz'), Compression.xz],
  ['bzip2', () => byProgram('bzip2'), Compression.bzip2],
];

describe.each(formats)('%s', (name, make, expected) => {
  test('is known by its first bytes and decompressed, in pieces of any size', async () => {
    const bytes = make();
    expect(detectCompression(bytes)).toBe(expected);
    expect((await collect(decompress(pieces(bytes)))).equals(text)).toBe(true);
  });

  test.skipIf(name === 'none')('S07: what breaks off or is damaged is an error', async () => {
    const bytes = make();
    await expect(collect(decompress(pieces(bytes.subarray(0, bytes.length >> 1))))).rejects.toBeInstanceOf(CorruptCompression);
    const damaged = Buffer.from(bytes);
    damaged.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 40);
    await expect(collect(decompress(pieces(damaged)))).rejects.toBeInstanceOf(CorruptCompression);
  });
});

test('S07: members one after another are one stream, wherever they are cut; padding behind them is none of it', async () => {
  const twice = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.alloc(600)]);
  for (let size = 1; size < twice.length; size += 7) expect((await collect(decompress(pieces(twice, size)))).toString()).toBe('one two');
  const frames = Buffer.concat([zstdCompressSync('one '), zstdCompressSync('two')]);
  expect((await collect(decompress(pieces(frames, 5)))).toString()).toBe('one two');
});

test('S07: an empty stream is an empty stream', async () => {
  expect(await collect(decompress(pieces(new Uint8Array(0))))).toHaveLength(0);
});

test('what is compressed is decompressed by others', async () => {
  for (const size of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_300_000]) {
    const bytes = Buffer.concat([Buffer.alloc(size >> 1, 'abc'), text, Buffer.alloc(size)]).subarray(0, size);
    expect(gunzipSync(await collect(compress('gzip')(pieces(bytes, 300_001)))).equals(bytes)).toBe(true);
    expect(zstdDecompressSync(await collect(compress('zstd')(pieces(bytes, 300_001)))).equals(bytes)).toBe(true);
  }
});

test('gzip of any bytes in any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 900 }), async (bytes, size) => {
      expect(gunzipSync(await collect(compress('gzip', 1)(pieces(bytes, size)))).equals(Buffer.from(bytes))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('gzip of more than one thread does at once', async () => {
  const bytes = Buffer.alloc(20_500_000);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.imul(at >>> 5, 2_654_435_761) >>> 0, at);
  const compressed = await collect(compress('gzip', 1)(pieces(bytes, 1 << 18)));
  expect(gunzipSync(compressed).equals(bytes)).toBe(true);
});

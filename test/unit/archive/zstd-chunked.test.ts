import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chunkedParts, type Toc } from '../../../src/archive/zstd-chunked/format.ts';
import { zstdChunked } from '../../../src/archive/zstd-chunked/writer.ts';
import { type EntryFields, tar as tarFile } from '../../fixtures/tar-builder.ts';

const tarOf = (entries: EntryFields[]): Buffer => tarFile(...entries);
const sha256 = (bytes: Uint8Array): string => `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;

/** Bytes that look random and are the same each time. */
function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = (state >>> 24) | 1;
  }
  return bytes;
}

async function make(tar: Uint8Array, pieceLength = 1000): Promise<{ blob: Buffer; annotations: Record<string, string>; toc: Toc }> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < tar.length; at += pieceLength) yield tar.subarray(at, at + pieceLength);
  }
  let annotations: Record<string, string> = {};
  const chunks: Uint8Array[] = [];
  for await (const chunk of zstdChunked(source(), undefined, (found) => (annotations = found))) chunks.push(chunk);
  const blob = Buffer.concat(chunks);
  const { toc } = chunkedParts(annotations)!;
  return { blob, annotations, toc: JSON.parse(String(zstdDecompressSync(blob.subarray(toc.offset, toc.offset + toc.length)))) };
}

const big = Buffer.concat([noise(300_000), Buffer.alloc(5000), noise(100_000, 7), Buffer.alloc(1023), noise(10, 3), Buffer.alloc(1024)]);
const tar = tarOf([
  { name: 'dir/', type: '5', mode: 0o755 },
  { name: 'dir/empty' },
  { name: 'dir/small', content: Buffer.from('a <small> file') },
  { name: 'dir/big', content: big, mode: 0o4755 },
  { name: 'link', type: '2', linkName: 'dir/small' },
]);

test('is the tar itself to whoever decompresses it', async () => {
  const { blob } = await make(tar);
  expect(zstdDecompressSync(blob).equals(tar)).toBe(true);
});

test('is the same however the tar arrives', async () => {
  expect((await make(tar, 1)).blob.equals((await make(tar, 1 << 20)).blob)).toBe(true);
});

test('describes each entry, and where each piece of each file is', async () => {
  const { blob, toc, annotations } = await make(tar);
  const { digest, toc: part, tarSplit } = chunkedParts(annotations)!;
  expect(sha256(blob.subarray(part.offset, part.offset + part.length))).toBe(digest);
  expect(sha256(blob.subarray(tarSplit.offset, tarSplit.offset + tarSplit.length))).toBe(toc.tarSplitDigest);
  expect(blob.subarray(-8).toString()).toBe('GNUlInUx');
  const entries = toc.entries.filter(({ type }) => type !== 'chunk');
  expect(entries.map(({ name, type, mode, size, linkName }) => ({ name, type, mode, size, linkName }))).toEqual(
    [
      { name: 'dir/', type: 'dir', mode: 0o755 },
      { name: 'dir/empty', type: 'reg', mode: 0o644 },
      { name: 'dir/small', type: 'reg', mode: 0o644, size: 14 },
      { name: 'dir/big', type: 'reg', mode: 0o4755, size: big.length },
      { name: 'link', type: 'symlink', mode: 0o644, linkName: 'dir/small' },
    ].map((each) => expect.objectContaining(each)),
  );
  const small = entries[2]!;
  expect(zstdDecompressSync(blob.subarray(small.offset, small.endOffset)).toString()).toBe('a <small> file');
  const pieces = toc.entries.filter(({ name }) => name === 'dir/big');
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.filter(({ chunkType }) => chunkType === 'zeros').map(({ chunkSize }) => chunkSize)).toEqual([5000, 1024]);
  for (const [index, piece] of pieces.entries()) {
    const end = pieces[index + 1]?.offset ?? pieces[0]!.endOffset;
    const content = zstdDecompressSync(blob.subarray(piece.offset, end));
    const at = piece.chunkOffset ?? 0;
    expect(content.equals(big.subarray(at, at + piece.chunkSize!))).toBe(true);
    expect(sha256(content)).toBe(piece.chunkDigest);
  }
});

test('cuts the same content in the same places wherever it begins', async () => {
  const shifted = tarOf([{ name: 'x', content: Buffer.concat([Buffer.from('something before it'), big]) }]);
  const digests = (toc: Toc): Set<string | undefined> => new Set(toc.entries.map(({ chunkDigest }) => chunkDigest));
  const [one, other] = [digests((await make(tar)).toc), digests((await make(shifted)).toc)];
  expect(one.intersection(other).size).toBeGreaterThanOrEqual(one.size - 2);
});

test('content that never ends a piece is cut all the same', async () => {
  const { blob, toc } = await make(tarOf([{ name: 'same', content: Buffer.alloc(9 << 20, 'a') }]), 1 << 20);
  expect(toc.entries.map(({ chunkSize }) => chunkSize)).toEqual([4 << 20, 4 << 20, 1 << 20]);
  expect(zstdDecompressSync(blob).length).toBe(tarOf([{ name: 'same', content: Buffer.alloc(9 << 20, 'a') }]).length);
});

test.each(['', '1:2:3', '1:2:3:2', '0:2:3:1', '1:0:3:1', '1:-2:3:1', '99999999999999999999:2:3:1', 'a:b:c:d'])(
  'annotations that say %j are refused',
  (position) => {
    const annotations = {
      'io.github.containers.zstd-chunked.manifest-checksum': sha256(Buffer.from('x')),
      'io.github.containers.zstd-chunked.manifest-position': position,
      'io.github.containers.zstd-chunked.tarsplit-position': '5:6:7',
    };
    expect(() => chunkedParts(annotations)).toThrow('invalid position');
  },
);

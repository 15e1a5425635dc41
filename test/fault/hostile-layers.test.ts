import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, createZstdCompress } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UnpackFailed } from '../../src/archive/errors.ts';
import { type UnpackRequest, unpackLayer } from '../../src/archive/unpack.ts';
import { paxHeader, paxRecord, tar, tarEntry } from '../fixtures/tar-builder.ts';

/** A layer's directory on a file system of 16 MB. */
let directory: string;
let target: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-hostile-'));
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory]).status).toBe(0);
  target = join(directory, 'diff');
  mkdirSync(target);
});
afterEach(() => {
  spawnSync('umount', [directory]);
  rmSync(directory, { recursive: true, force: true });
});

const unpack = (source: UnpackRequest['source'], tarSplitPath = join(directory, 'split')) =>
  unpackLayer({ source, target, tarSplitPath, whiteouts: 'overlay', xattrPrefix: 'trusted.overlay.' });

/** 4 GB of zeros behind a header that promises them, compressed to a few MB or less. */
async function* bomb(compressor: ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress>): AsyncGenerator<Uint8Array> {
  const header = tarEntry({ name: 'zeros', content: 'x'.repeat(512), size: 4 * 2 ** 30 }).subarray(0, 512);
  compressor.write(header);
  const zeros = Buffer.alloc(1 << 20);
  let left = 4096;
  const more = (): void => {
    while (left-- > 0) if (!compressor.write(zeros)) return void compressor.once('drain', more);
    compressor.end();
  };
  more();
  for await (const chunk of compressor) yield chunk as Uint8Array;
}

test.each([
  ['gzip', () => createGzip({ level: 1 })],
  ['zstd', () => createZstdCompress()],
])('S07: a %s bomb ends when the disk is full, and says so', async (_, make) => {
  const compressor = make();
  await expect(unpack(bomb(compressor))).rejects.toThrow(/write \/zeros: no space left on device/);
  compressor.destroy();
});

test('S06: a sparse file of 4 TB takes no room; what lies about its size is refused', async () => {
  const records = (map: string, size: string) =>
    paxHeader(paxRecord('GNU.sparse.map', map) + paxRecord('GNU.sparse.numblocks', '1') + paxRecord('GNU.sparse.size', size));
  async function* of(bytes: Buffer): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  await unpack(of(tar(records('0,1', '4398046511104'), { name: 's', content: 'x' })));
  await expect(unpack(of(tar(records('0,1', '9007199254740993'), { name: 't', content: 'x' })), join(directory, '2'))).rejects.toThrow(
    UnpackFailed,
  );
  await expect(unpack(of(tar(records('9,9', '10'), { name: 'u', content: 'x'.repeat(9) })), join(directory, '3'))).rejects.toThrow(
    /sparse map/,
  );
});

test('S06: 50,000 entries fill the inodes or not, and end either way', async () => {
  async function* many(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 50; i++) yield Buffer.concat(Array.from({ length: 1000 }, (_, j) => tarEntry({ name: `d${i}/${j}` })));
    yield Buffer.alloc(1024);
  }
  const outcome = await unpack(many()).catch((error: Error) => error);
  if (outcome instanceof Error) expect(outcome.message).toMatch(/no space left on device/);
  else expect(readdirSync(target)).toHaveLength(50);
}, 120_000);

test('S07: a stream that never becomes a header is refused at once', async () => {
  async function* zerosThenHeader(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(512);
    for (;;) yield Buffer.alloc(1 << 20, 'x');
  }
  await expect(unpack(zerosThenHeader())).rejects.toThrow(/invalid tar header/);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobInfoCache } from '../../../src/image/blob-info-cache.ts';
import { digestOf } from '../../../src/image/digest.ts';
import { parseReference } from '../../../src/image/reference.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-cache-'));
  path = join(directory, 'cache/blob-info-cache-v1.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const [plain, gzipped, zipped] = ['plain', 'gzip', 'zstd'].map((text) => digestOf(text)) as [
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
];
const repository = (name: string) => parseReference(name);

describe('the blob info cache', () => {
  it('tells another process what was noted', () => {
    const cache = new BlobInfoCache(path);
    cache.noteContent(gzipped, plain, 'gzip');
    cache.noteContent(zipped, plain, 'zstd');
    cache.noteContent(plain, plain, 'uncompressed');
    cache.noteLocation(repository('localhost:5000/a/b'), gzipped);
    expect(new BlobInfoCache(path).variants(plain)).toEqual([]);
    cache.save();
    const other = new BlobInfoCache(path);
    expect(other.variants(plain)).toEqual([
      { digest: gzipped, compressor: 'gzip' },
      { digest: zipped, compressor: 'zstd' },
    ]);
    expect(other.variants(gzipped)).toEqual([
      { digest: zipped, compressor: 'zstd' },
      { digest: plain, compressor: 'uncompressed' },
    ]);
    expect([other.uncompressed(gzipped), other.uncompressed(plain), other.uncompressed(digestOf('x'))]).toEqual([plain, plain, undefined]);
    expect(other.locations('localhost:5000', gzipped)).toMatchObject([{ domain: 'localhost:5000', path: 'a/b' }]);
    expect(other.locations('localhost:5001', gzipped)).toEqual([]);
  });

  it('knows nothing where it cannot be opened', () => {
    writeFileSync(join(directory, 'file'), 'no database, but long enough to be taken for one. '.repeat(100));
    for (const broken of [join(directory, 'file'), join(directory, 'file/below')]) {
      const cache = new BlobInfoCache(broken);
      cache.noteContent(gzipped, plain, 'gzip');
      cache.save();
      expect([cache.variants(plain), cache.locations('x', plain)]).toEqual([[], []]);
    }
  });
});

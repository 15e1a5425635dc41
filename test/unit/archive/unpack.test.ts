import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UnpackFailed } from '../../../src/archive/errors.ts';
import { assembleTarSplit } from '../../../src/archive/tar-split.ts';
import { type UnpackRequest, unpackLayer } from '../../../src/archive/unpack.ts';
import { getXattr } from '../../../src/os/xattr.ts';
import { type EntryFields, paxHeader, paxRecord, tar, tarEntry } from '../../fixtures/tar-builder.ts';

let directory: string;
let target: string;
let tarSplitPath: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-unpack-'));
  target = join(directory, 'diff');
  tarSplitPath = join(directory, 'tar-split.gz');
  mkdirSync(target);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const unpack = (bytes: Uint8Array, request: Partial<UnpackRequest> = {}) =>
  unpackLayer({ source: once(bytes), target, tarSplitPath, whiteouts: 'overlay', xattrPrefix: 'trusted.overlay.', ...request });

async function assembled(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of assembleTarSplit(tarSplitPath, [target])) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const digest = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const at = (name: string | Buffer) => lstatSync(Buffer.concat([Buffer.from(`${target}/`), Buffer.from(name)]), { bigint: true });
const xattr = (name: string, key: string) => Buffer.from(getXattr(join(target, name), key) ?? []).toString();

describe('4.1: a layer as containers/storage unpacks it', () => {
  test('modes, owners, times, links and attributes', async () => {
    const bytes = tar(
      { name: './', mode: 0o700 },
      { name: 'su', content: 'x'.repeat(5000), mode: 0o4755, uid: 7, gid: 8 },
      { name: 'shared/', mode: 0o2775, uid: 1, gid: 2 },
      { name: 'shared/in', content: '1' },
      paxHeader(paxRecord('mtime', '1000.123456789') + paxRecord('atime', '2000.5')),
      { name: 'times' },
      { name: 'hard', type: '1', linkName: 'su', mode: 0o4755, uid: 7, gid: 8 },
      { name: 'link', type: '2', linkName: '/nowhere/../x', uid: 9, gid: 9 },
      { name: 'pipe', type: '6', mode: 0o622 },
      { name: 'null', type: '3', mode: 0o666, deviceMajor: 1, deviceMinor: 3 },
      paxHeader(paxRecord('SCHILY.xattr.user.a', 'b') + paxRecord('SCHILY.xattr.security.selinux', 's')),
      { name: 'attributes', content: 'x' },
    );
    const result = await unpack(bytes);
    expect(result).toMatchObject({ diffId: digest(bytes), diffSize: bytes.length, compression: 0, uids: [0, 1, 7, 9], gids: [0, 2, 8, 9] });
    expect(at('su')).toMatchObject({ mode: 0o104755n, uid: 7n, gid: 8n, nlink: 2n });
    expect(at('shared')).toMatchObject({ mode: 0o42775n, uid: 1n, gid: 2n, mtimeNs: 1_600_000_000_000_000_000n });
    expect(at('shared/in').gid).toBe(0n);
    expect(at('times')).toMatchObject({ mtimeNs: 1_000_123_456_789n, atimeNs: 2_000_500_000_000n });
    expect(at('link')).toMatchObject({ uid: 9n, mtimeNs: 1_600_000_000_000_000_000n });
    expect(readlinkSync(join(target, 'link'))).toBe('/nowhere/../x');
    expect(at('pipe').mode).toBe(0o10622n);
    expect(at('null')).toMatchObject({ mode: 0o20666n, rdev: 0x103n });
    expect(xattr('attributes', 'user.a')).toBe('b');
    expect((await assembled()).equals(bytes)).toBe(true);
  });

  test('missing parents are made, of root and 0755', async () => {
    await unpack(tar({ name: 'a/b/c/file', content: 'x', uid: 5 }));
    expect(at('a/b/c')).toMatchObject({ mode: 0o40755n, uid: 0n });
  });

  test('whiteouts are kept as overlay does', async () => {
    await unpack(
      tar({ name: '.wh.gone', uid: 3, gid: 4 }, { name: 'd/.wh..wh..opq' }, { name: 'd/.wh.old' }, { name: 'f' }, { name: 'f/.wh.x' }),
    );
    expect(at('gone')).toMatchObject({ mode: 0o20000n, rdev: 0n, uid: 3n, gid: 4n });
    expect(at('d/old').rdev).toBe(0n);
    expect(xattr('d', 'trusted.overlay.opaque')).toBe('y');
  });

  test('or carried out', async () => {
    mkdirSync(join(target, 'd/old'), { recursive: true });
    writeFileSync(join(target, 'gone'), '');
    await unpack(tar({ name: '.wh.gone' }, { name: 'd/' }, { name: 'd/new' }, { name: 'd/.wh..wh..opq' }), { whiteouts: 'apply' });
    expect(spawnSync('find', ['.', '-mindepth', '1'], { cwd: target }).stdout.toString().split('\n').sort()).toEqual([
      '',
      './d',
      './d/new',
    ]);
  });

  test('names of any bytes', async () => {
    const bytes = tar(
      { name: 'n\xc3\xbc/\xe2\x98\x83', content: 'snow' },
      paxHeader(paxRecord('path', 'bad\xff')),
      { name: 'x', content: 'y' },
      { name: '<"&\\>' },
    );
    await unpack(bytes);
    expect(readFileSync(join(target, 'nü/☃'), 'utf8')).toBe('snow');
    expect(at(Buffer.from('bad\xff', 'latin1')).size).toBe(1n);
    const lines = gunzipSync(readFileSync(tarSplitPath)).toString();
    expect(lines).toContain('"name":"nü/☃","size":4,');
    expect(lines).toContain('"name_raw":"YmFk/w==","size":1,');
    expect(lines).toContain('"name":"\\u003c\\"\\u0026\\\\\\u003e",');
    expect((await assembled()).equals(bytes)).toBe(true);
  });

  test('kinds are kept where that is asked for', async () => {
    mkdirSync(join(target, 'd/sub'), { recursive: true });
    writeFileSync(join(target, 'f'), 'old');
    const request = { whiteouts: 'none', keepsKinds: true, tarSplitPath: undefined } as const;
    await unpack(tar({ name: 'f', content: 'new' }, { name: '.wh.x' }, { name: 'd/', mode: 0o700 }), request);
    expect([readFileSync(join(target, 'f'), 'utf8'), at('.wh.x').size, at('d').mode]).toEqual(['new', 0n, 0o40700n]);
    await expect(unpack(tar({ name: 'd/sub' }), request)).rejects.toThrow('cannot overwrite directory "/d/sub" with non-directory');
    await expect(unpack(tar({ name: 'f/' }), request)).rejects.toThrow('cannot overwrite non-directory "/f" with directory');
    await unpack(tar({ name: 'd/sub' }), { ...request, keepsKinds: false });
    expect(at('d/sub').mode).toBe(0o100644n);
  });

  test('ids are mapped, and one without a place is refused', async () => {
    const idMappings = { uids: [{ containerId: 0, hostId: 1000, size: 10 }], gids: [{ containerId: 0, hostId: 2000, size: 10 }] };
    await unpack(tar({ name: 'p/f', uid: 3, gid: 4 }), { idMappings });
    expect([at('p/f'), at('p')]).toMatchObject([
      { uid: 1003n, gid: 2004n },
      { uid: 1000n, gid: 2000n },
    ]);
    await expect(unpack(tar({ name: 'g', uid: 11 }), { idMappings, tarSplitPath: `${tarSplitPath}2` })).rejects.toThrow(
      'container ID 11 cannot be mapped to a host ID',
    );
  });

  test('a forced mask hides the truth in an attribute', async () => {
    await unpack(tar({ name: 'd/', mode: 0o700, uid: 3 }, { name: 'd/dev', type: '4', deviceMajor: 8, deviceMinor: 1, mode: 0o600 }), {
      forceMask: 0o755,
    });
    expect([xattr('.', 'user.containers.override_stat'), xattr('d', 'user.containers.override_stat')]).toEqual([
      '0:0:0755:dir',
      '3:0:0700:dir',
    ]);
    expect([at('d').uid, at('d/dev').mode, xattr('d/dev', 'user.containers.override_stat')]).toEqual([0n, 0o100755n, '0:0:0600:block-8-1']);
  });

  test('a sparse file is put together again bit for bit', async () => {
    const records =
      paxRecord('GNU.sparse.map', '2,3,8000,2') + paxRecord('GNU.sparse.numblocks', '2') + paxRecord('GNU.sparse.size', '10000');
    const bytes = tar(paxHeader(records), { name: 's', content: 'abcde' }, { name: 'f', content: 'x' });
    await unpack(bytes);
    const file = readFileSync(join(target, 's'));
    expect([file.length, file.toString('latin1', 0, 6), file.toString('latin1', 7999, 8003)]).toEqual([10000, '\0\0abc\0', '\0de\0']);
    expect((await assembled()).equals(bytes)).toBe(true);
  });

  test.each([
    ['gzip', gzipSync, 2],
    ['xz', (bytes: Buffer) => spawnSync('xz', ['-c'], { input: bytes }).stdout, 3],
    ['bzip2', (bytes: Buffer) => spawnSync('bzip2', ['-c'], { input: bytes }).stdout, 1],
  ])('%s', async (_, compress, compression) => {
    const bytes = tar({ name: 'f', content: 'x'.repeat(3_000_000) });
    const blob = compress(bytes);
    const file = join(directory, 'blob');
    writeFileSync(file, blob);
    expect(await unpack(blob, { source: { path: file } })).toMatchObject({
      diffId: digest(bytes),
      compressedDigest: digest(blob),
      compressedSize: blob.length,
      compression,
    });
    expect((await assembled()).equals(bytes)).toBe(true);
  });
});

describe('S06: stays inside or is refused', () => {
  const inside: [string, EntryFields[], string[]][] = [
    ['../x', [{ name: '../x', content: 'x' }], ['x']],
    ['/abs', [{ name: '/abs/f', content: 'x' }], ['abs/f']],
    [
      'a hard link upwards',
      [
        { name: 'f', content: 'x' },
        { name: 'l', type: '1', linkName: '../../../f' },
      ],
      ['l'],
    ],
    [
      'a file through an absolute link',
      [{ name: 'in/' }, { name: 'l', type: '2', linkName: '/in' }, { name: 'l/f', content: 'x' }],
      ['in/f'],
    ],
    [
      'a file through a link upwards',
      [{ name: 'in/' }, { name: 'l', type: '2', linkName: '../../../in' }, { name: 'l/f', content: 'x' }],
      ['in/f'],
    ],
  ];
  test.each(inside)('%s: inside, and put together again', async (_, entries, files) => {
    const bytes = tar(...entries);
    await unpack(bytes);
    for (const file of files) expect(at(file).size).toBe(1n);
    expect((await assembled()).equals(bytes)).toBe(true);
  });

  const refused: [string, Buffer, RegExp][] = [
    [
      'a link to nowhere and a file through it',
      tar({ name: 'l', type: '2', linkName: '/out' }, { name: 'l/f' }),
      /open \/l\/f: no such file or directory/,
    ],
    ['a hard link to what is not there', tar({ name: 'l', type: '1', linkName: '/etc/passwd' }), /link \/etc\/passwd \/l: no such file/],
    ['.wh...', tar({ name: 'd/.wh...' }), /outside/],
    ['.wh.', tar({ name: 'd/.wh.' }), /outside/],
    ['names twice', tar({ name: 'f' }, { name: './f' }), /duplicates of file paths not supported/],
    ['a whiteout of what the layer has', tar({ name: 'f' }, { name: '.wh.f' }), /mknod \/f: file exists/],
    ['a file below a file', tar({ name: 'd' }, { name: 'd/x' }), /not a directory/],
    ['an unknown type', tar({ name: 'q', type: 'Q' }), /unhandled tar header type 81/],
    ['a name of 5000 bytes', tar(paxHeader(paxRecord('path', 'n/'.repeat(2500))), { name: 'f' }), /too long/],
    ['a part of 300 bytes', tar(paxHeader(paxRecord('path', 'n'.repeat(300))), { name: 'f' }), /too long/],
    ['an owner beyond 2^32', tar(paxHeader(paxRecord('uid', '4294967296')), { name: 'f' }), /no user or group id/],
    ['an owner of -1', tar(paxHeader(paxRecord('gid', '-1')), { name: 'f' }), /no user or group id/],
    ['a cut archive', tarEntry({ name: 'f', content: 'x'.repeat(2000) }).subarray(0, 1600), /unexpected EOF/],
    ['a cut gzip', gzipSync(tar({ name: 'f', content: 'x'.repeat(9000) })).subarray(0, -20), /gzip: unexpected EOF/],
    ['garbage', Buffer.alloc(5000, 'garbage'), /invalid tar header/],
  ];
  test.each(refused)('%s', async (_, bytes, text) => {
    await expect(unpack(bytes)).rejects.toThrow(UnpackFailed);
    rmSync(target, { recursive: true });
    mkdirSync(target);
    await expect(unpack(bytes, { tarSplitPath: `${tarSplitPath}2` })).rejects.toThrow(text);
  });

  test('a path of 5000 parts, made a few at a time', async () => {
    const parts = Array.from({ length: 2040 }, (_, i) => ({ name: '', pax: undefined, depth: i + 1 }));
    const bytes = tar(...parts.flatMap(({ depth }) => [paxHeader(paxRecord('path', 'd/'.repeat(depth))), { name: 'd/' }]));
    await unpack(bytes);
    expect((await assembled()).equals(bytes)).toBe(true);
  });
});

test('S07: what a pull is told when its source fails, and when it is told to stop', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield tarEntry({ name: 'f', content: 'x' });
    throw new Error('the registry went away');
  }
  await expect(unpack(Buffer.alloc(0), { source: failing() })).rejects.toThrow('the registry went away');
  const stop = new AbortController();
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield tarEntry({ name: 'f', content: 'x' });
    stop.abort();
    for (;;) yield tarEntry({ name: `f${Math.random()}`, content: 'x' });
  }
  await expect(unpack(Buffer.alloc(0), { source: endless(), signal: stop.signal, tarSplitPath: `${tarSplitPath}2` })).rejects.toThrow(
    /abort/i,
  );
});

test('S07: a helper that gives up is heard at once, though its source has nothing to say for ever', async () => {
  async function* stalled(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(5000, 'garbage');
    await new Promise(() => {});
  }
  await expect(unpack(Buffer.alloc(0), { source: stalled() })).rejects.toThrow(/invalid tar header/);
});

test('a source may use its memory again', async () => {
  const bytes = tar({ name: 'f', content: Buffer.from(Array.from({ length: 300_000 }, (_, i) => i & 0xff)) });
  async function* reusing(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(1000);
    for (let start = 0; start < bytes.length; start += buffer.length) {
      const piece = bytes.subarray(start, start + buffer.length);
      buffer.set(piece);
      yield buffer.subarray(0, piece.length);
      buffer.fill(0);
    }
  }
  expect((await unpack(Buffer.alloc(0), { source: reusing() })).diffId).toBe(digest(bytes));
});

test('any tree is put together again bit for bit', async () => {
  const name = fc.stringMatching(/^[a-z\xe4<&"]{1,12}(\/[a-z]{1,90}){0,3}$/);
  const file = fc.record({ name, content: fc.uint8Array({ maxLength: 3000 }), uid: fc.nat(5_000_000), mode: fc.nat(0o7777) });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(file, { maxLength: 12, selector: (f) => f.name.split('/')[0] }), async (files) => {
      const bytes = tar(...files.map((f) => ({ ...f, name: Buffer.from(f.name).toString('latin1') })));
      rmSync(target, { recursive: true });
      rmSync(tarSplitPath, { force: true });
      mkdirSync(target);
      expect((await unpack(bytes)).diffId).toBe(digest(bytes));
      expect((await assembled()).equals(bytes)).toBe(true);
    }),
    { numRuns: 15 },
  );
}, 120_000);

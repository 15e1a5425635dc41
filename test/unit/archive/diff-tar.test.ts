import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diffTar, listChanges } from '../../../src/archive/diff-tar.ts';
import type { TarEntry } from '../../../src/archive/tar-entry.ts';
import { TarReader } from '../../../src/archive/tar-reader.ts';
import { encodeTarEntry } from '../../../src/archive/tar-writer.ts';
import { tarTree } from '../../../src/archive/tree-tar.ts';
import { makeNode } from '../../../src/os/files.ts';
import { setXattr } from '../../../src/os/xattr.ts';
import { entryOf } from '../../fixtures/tar-builder.ts';

let directory: string;
let upper: string;
let lower: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-diff-'));
  [upper, lower] = [join(directory, 'upper'), join(directory, 'lower')];
  for (const path of [upper, lower]) mkdirSync(path);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function entriesOf(stream: AsyncIterable<Uint8Array>): Promise<(TarEntry & { text: string })[]> {
  const entries: (TarEntry & { text: string })[] = [];
  const reader = new TarReader({
    entry: (entry) => void entries.push({ ...entry, text: '' }),
    content: (bytes) => {
      entries.at(-1)!.text += Buffer.from(bytes).toString();
    },
    endEntry: () => {},
  });
  for await (const chunk of stream) reader.write(chunk);
  reader.end();
  return entries;
}

const diff = (lowers: string[] = [lower]) => entriesOf(diffTar({ upper, lowers, xattrPrefix: 'trusted.overlay.' }));
const whiteout = (path: string): void => makeNode(path, 0o20000);
const opaque = (path: string): void => setXattr(path, 'trusted.overlay.opaque', Buffer.from('y'));

describe('4.3: the upper directory as a tar', () => {
  test('order, types, links, attributes; no sockets, no marks of overlay', async () => {
    mkdirSync(join(upper, 'b'));
    writeFileSync(join(upper, 'b/file'), 'content', { mode: 0o640 });
    utimesSync(join(upper, 'b/file'), 1_600_000_000.75, 1_600_000_000.75);
    linkSync(join(upper, 'b/file'), join(upper, 'z'));
    symlinkSync('b/file', join(upper, 'B'));
    setXattr(join(upper, 'b'), 'user.overlay.origin', Buffer.from('x'));
    setXattr(join(upper, 'b/file'), 'user.a', Buffer.from('v'));
    const server = createServer().listen(join(upper, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const entries = await diff();
    server.close();
    expect(entries.map(({ name, type, linkName }) => [name, type, linkName])).toEqual([
      ['B', '2', 'b/file'],
      ['b/', '5', ''],
      ['b/file', '0', ''],
      ['z', '1', 'b/file'],
    ]);
    expect(entries[2]).toMatchObject({ text: 'content', mode: 0o640, mtime: { seconds: 1_600_000_000, nanoseconds: 0 } });
    expect([...entries[2]!.pax!]).toEqual([['SCHILY.xattr.user.a', 'v']]);
    expect(entries[1]!.pax).toBeUndefined();
  });

  test('deletions, and opaque directories where there is something to hide', async () => {
    mkdirSync(join(lower, 'd'));
    for (const name of ['d', 'new']) {
      mkdirSync(join(upper, name));
      opaque(join(upper, name));
    }
    whiteout(join(upper, 'gone'));
    expect((await diff()).map(({ name, mode, size }) => [name, mode, size])).toEqual([
      ['d/', 0o755, 0],
      ['d/.wh..wh..opq', 0o755, 0],
      ['.wh.gone', 0, 0],
      ['new/', 0o755, 0],
    ]);
  });

  test('ids of the container', async () => {
    writeFileSync(join(upper, 'f'), '');
    const idMappings = { uids: [{ containerId: 5, hostId: 0, size: 1 }], gids: [{ containerId: 6, hostId: 0, size: 1 }] };
    const entries = await entriesOf(diffTar({ upper, lowers: [], xattrPrefix: 'trusted.overlay.', idMappings }));
    expect(entries[0]).toMatchObject({ uid: 5, gid: 6 });
  });

  test('GNU tar reads what any tree becomes', async () => {
    const deep = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    mkdirSync(join(upper, deep), { recursive: true });
    for (const name of ['plain', 'ünï', `${deep}/long`, 'f'.repeat(150)]) writeFileSync(join(upper, name), name);
    const chunks: Uint8Array[] = [];
    for await (const chunk of tarTree(upper)) chunks.push(chunk);
    mkdirSync(join(directory, 'out'));
    execFileSync('tar', ['-C', join(directory, 'out'), '-xf', '-'], { input: Buffer.concat(chunks) });
    expect(execFileSync('diff', ['-r', upper, join(directory, 'out')]).toString()).toBe('');
  });
});

describe('what a layer changes, as podman diff tells it', () => {
  test('added, changed and deleted; directories only for what is in them', () => {
    for (const root of [upper, lower]) {
      mkdirSync(join(root, 'same/inner'), { recursive: true });
      writeFileSync(join(root, 'same/inner/changed'), root);
      for (const name of ['same/inner', 'same']) utimesSync(join(root, name), 1000, 1000);
    }
    expect(listChanges(upper, [lower], 'trusted.overlay.')).toEqual([{ path: '/same/inner/changed', kind: 'C' }]);
    writeFileSync(join(upper, 'same/inner/new'), '');
    whiteout(join(upper, 'gone'));
    utimesSync(join(upper, 'same/inner'), 1000, 1000);
    expect(listChanges(upper, [lower], 'trusted.overlay.').map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'D /gone',
      'C /same/inner/changed',
      'C /same',
      'C /same/inner',
      'A /same/inner/new',
    ]);
  });

  test('what a nearer layer hides is not there', () => {
    const middle = join(directory, 'middle');
    mkdirSync(join(lower, 'd'));
    writeFileSync(join(lower, 'd/old'), '');
    mkdirSync(join(middle, 'd'), { recursive: true });
    opaque(join(middle, 'd'));
    mkdirSync(join(upper, 'd'));
    writeFileSync(join(upper, 'd/old'), '');
    expect(listChanges(upper, [middle, lower], 'trusted.overlay.').find(({ path }) => path === '/d/old')!.kind).toBe('A');
    expect(listChanges(upper, [lower], 'trusted.overlay.').find(({ path }) => path === '/d/old')!.kind).toBe('C');
  });
});

describe('headers byte for byte as Go writes them', () => {
  const names = (bytes: Buffer): string[] => {
    const blocks: string[] = [];
    for (let at = 0; at < bytes.length; at += 512) blocks.push(bytes.toString('latin1', at, at + 100).replace(/\0.*$/s, ''));
    return blocks;
  };
  const cases: [string, Parameters<typeof entryOf>[0], string[]][] = [
    ['a short name', { name: 'a/b' }, ['a/b']],
    ['a long one that can be split', { name: `${'p'.repeat(150)}/${'n'.repeat(99)}` }, ['n'.repeat(99)]],
    [
      'a long one that cannot',
      { name: 'n'.repeat(101) },
      ['PaxHeaders.0/'.padEnd(100, 'n'), `111 path=${'n'.repeat(91)}`, 'n'.repeat(100)],
    ],
    ['letters beyond ASCII', { name: 'u\xc3\xb1' }, ['PaxHeaders.0/u', '12 path=u\xc3\xb1\n', 'u']],
    [
      'a directory with attributes',
      { name: 'd/', pax: new Map([['SCHILY.xattr.user.a', 'b']]) },
      ['d/PaxHeaders.0', '25 SCHILY.xattr.user.a=b\n', 'd/'],
    ],
    ['an owner that is too big', { name: 'f', uid: 3_000_000 }, ['PaxHeaders.0/f', '15 uid=3000000\n', 'f']],
    ['a time before 1970', { name: 'f', mtime: { seconds: -5, nanoseconds: 0 } }, ['PaxHeaders.0/f', '12 mtime=-5\n', 'f']],
  ];
  test.each(cases)('%s', (_, fields, expected) => {
    expect(names(encodeTarEntry(entryOf(fields)))).toEqual(expected);
  });
});

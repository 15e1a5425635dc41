import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TarEntry } from '../../../src/archive/tar-entry.ts';
import { TarReader } from '../../../src/archive/tar-reader.ts';
import { SelkieError } from '../../../src/errors.ts';
import { patched, paxHeader, paxRecord, tar, tarEntry } from '../../fixtures/tar-builder.ts';

interface Seen {
  entries: TarEntry[];
  contents: string[];
  raw: Buffer;
  holes: number;
}

function read(bytes: Uint8Array, pieces: number[] = []): Seen {
  const seen: Seen = { entries: [], contents: [], raw: Buffer.alloc(0), holes: 0 };
  const raw: Buffer[] = [];
  const reader = new TarReader({
    raw: (piece) => void raw.push(Buffer.from(piece)),
    entry: (entry) => {
      seen.entries.push(entry);
      seen.contents.push('');
    },
    content: (piece) => {
      seen.contents[seen.contents.length - 1] += Buffer.from(piece).toString('latin1');
    },
    hole: (length) => {
      seen.holes += length;
    },
    endEntry: () => {},
  });
  let at = 0;
  for (const piece of [...pieces, bytes.length]) {
    reader.write(bytes.subarray(at, at + piece));
    at += piece;
  }
  reader.end();
  seen.raw = Buffer.concat(raw);
  return seen;
}

describe('what headers mean', () => {
  test('ustar: names, prefix, numbers, types', () => {
    const long = `${'d'.repeat(120)}/${'f'.repeat(90)}`;
    const { entries } = read(
      tar({ name: 'etc/' }, { name: long, uid: 7, gid: 8, mode: 0o4755 }, { name: 'l', type: '2', linkName: '../x' }),
    );
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ['etc/', '5'],
      [long, '0'],
      ['l', '2'],
    ]);
    expect(entries[1]).toMatchObject({ uid: 7, gid: 8, mode: 0o4755, mtime: { seconds: 1_600_000_000 } });
    expect(entries[2]!.linkName).toBe('../x');
  });

  test('v7: a file whose name ends with a slash is a directory', () => {
    const block = patched(patched(tarEntry({ name: 'old/', type: '\0' }), 257, '\0\0\0\0\0\0\0\0'), 156, '\0');
    expect(read(block).entries[0]).toMatchObject({ name: 'old/', type: '5' });
  });

  test('numbers in base 256, negative ones too', () => {
    const header = patched(tarEntry({ name: 'f' }), 136, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe');
    expect(read(patched(header, 108, '\x80\0\0\0\0\x40\0\0')).entries[0]).toMatchObject({ mtime: { seconds: -2 }, uid: 4_194_304 });
  });

  test('PAX: path, size, times, owners; empty values change nothing', () => {
    const body = [
      paxRecord('path', 'real/n\u00fc'),
      paxRecord('mtime', '-1.25'),
      paxRecord('uid', '3000000'),
      paxRecord('linkpath', ''),
      paxRecord('SCHILY.xattr.user.a', 'b\0=c'),
    ].join('');
    const [entry] = read(tar(paxHeader(body), { name: 'short' })).entries;
    expect(entry).toMatchObject({ name: 'real/n\u00fc', uid: 3_000_000, mtime: { seconds: -2, nanoseconds: 750_000_000 } });
    expect(entry!.pax!.get('SCHILY.xattr.user.a')).toBe('b\0=c');
  });

  test('GNU: long names and long links', () => {
    const name = 'n'.repeat(300);
    const archive = tar(
      tarEntry({ name: '././@LongLink', type: 'L', content: `${name}\0` }),
      tarEntry({ name: '././@LongLink', type: 'K', content: `${name}2\0` }),
      { name: 'cut', type: '2', linkName: 'cut' },
    );
    expect(read(archive).entries[0]).toMatchObject({ name, linkName: `${name}2` });
  });

  test('global PAX headers are entries and change nothing', () => {
    const { entries } = read(tar(paxHeader(paxRecord('uid', '9'), 'g'), { name: 'f' }));
    expect(entries.map(({ type, uid }) => [type, uid])).toEqual([
      ['g', 9],
      ['0', 0],
    ]);
  });

  test('sparse files of PAX 0.1 and 1.0', () => {
    const map = [paxRecord('GNU.sparse.map', '2,3,8,2'), paxRecord('GNU.sparse.numblocks', '2'), paxRecord('GNU.sparse.size', '12')].join(
      '',
    );
    const first = read(tar(paxHeader(map), { name: 's', content: 'abcde' }));
    expect(first).toMatchObject({ contents: ['abcde'], holes: 7, entries: [{ size: 12 }] });
    const head = [
      paxRecord('GNU.sparse.major', '1'),
      paxRecord('GNU.sparse.minor', '0'),
      paxRecord('GNU.sparse.realsize', '12'),
      paxRecord('GNU.sparse.name', 'r'),
    ];
    const second = read(tar(paxHeader(head.join('')), { name: 's', content: `${'2\n2\n3\n8\n2\n'.padEnd(512, '\0')}abcde` }));
    expect(second).toMatchObject({ contents: ['abcde'], holes: 7, entries: [{ size: 12, name: 'r' }] });
  });

  test('an archive may lack its end', () => {
    expect(read(tarEntry({ name: 'f', content: 'x' })).contents).toEqual(['x']);
  });
});

describe('S06: what is refused', () => {
  const cases: [string, Buffer][] = [
    ['a wrong checksum', Buffer.concat([Buffer.from('x'), tarEntry({ name: 'f' }).subarray(1)])],
    ['a number that is none', patched(tarEntry({ name: 'f' }), 124, '9')],
    ['a size beyond counting', patched(tarEntry({ name: 'f' }), 124, '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff')],
    ['a negative size', patched(tarEntry({ name: 'f' }), 124, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff')],
    ['a PAX record that overruns', tar(paxHeader('99 path=x\n'), { name: 'f' })],
    ['a PAX record that is too short', tar(paxHeader('3 a\n'), { name: 'f' })],
    ['a PAX record without an end of line', tar(paxHeader('9 path=xy'), { name: 'f' })],
    ['a NUL in a PAX path', tar(paxHeader(paxRecord('path', 'a\0b')), { name: 'f' })],
    ['a PAX size that is no number', tar(paxHeader(paxRecord('size', '1e3')), { name: 'f' })],
    ['a PAX header of 2 MiB', tar(paxHeader(paxRecord('comment', 'x'.repeat(2 << 20))), { name: 'f' })],
    ['endless extension headers', Buffer.concat(Array(20).fill(paxHeader(paxRecord('comment', 'x'.repeat(1 << 19)))))],
    [
      'sparse ranges beyond the size',
      tar(paxHeader(paxRecord('GNU.sparse.map', '0,600') + paxRecord('GNU.sparse.numblocks', '1')), { name: 's', content: 'x' }),
    ],
    [
      'sparse ranges that overlap',
      tar(paxHeader(paxRecord('GNU.sparse.map', '0,1,0,1') + paxRecord('GNU.sparse.numblocks', '2') + paxRecord('GNU.sparse.size', '9')), {
        name: 's',
        content: 'xy',
      }),
    ],
    [
      'sparse data that is not all there',
      tar(paxHeader(paxRecord('GNU.sparse.map', '0,5') + paxRecord('GNU.sparse.numblocks', '1') + paxRecord('GNU.sparse.size', '9')), {
        name: 's',
        content: 'xy',
      }),
    ],
    ['a header behind a zero block', Buffer.concat([Buffer.alloc(512), tarEntry({ name: 'f' })])],
    ['an end within a file', tarEntry({ name: 'f', content: 'x'.repeat(2000) }).subarray(0, 1500)],
    ['an end within a header', tarEntry({ name: 'f' }).subarray(0, 100)],
  ];
  test.each(cases)('%s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(SelkieError);
  });
});

test('pieces of any size mean the same as the whole', () => {
  const archive = Buffer.concat([
    tar(paxHeader(paxRecord('path', 'p')), { name: 'a', content: 'hello' }, { name: 'b', content: 'x'.repeat(1500) }),
    Buffer.from('tail'),
  ]);
  const whole = read(archive);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20 }), (pieces) => {
      expect(read(archive, pieces)).toEqual(whole);
    }),
  );
});

test('S06: any damage ends in an archive or in a named error', () => {
  const archive = tar(
    paxHeader(paxRecord('path', 'p') + paxRecord('size', '5')),
    { name: 'a', content: 'hello' },
    { name: 'l', type: '1', linkName: 'a' },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
      const damaged = Buffer.from(archive);
      for (const [at, byte] of changes) damaged[at] = byte;
      try {
        read(patched(damaged, 0, damaged.toString('latin1', 0, 1)));
      } catch (error) {
        expect(error).toBeInstanceOf(SelkieError);
      }
    }),
    { numRuns: 500 },
  );
});

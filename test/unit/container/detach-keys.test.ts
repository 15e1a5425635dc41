import { describe, expect, it } from 'vitest';
import { DetachWatch, parseDetachKeys } from '../../../src/container/detach-keys.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const text = (chunk: Uint8Array): string => Buffer.from(chunk).toString('latin1');

describe('parseDetachKeys', () => {
  it.each([
    ['ctrl-p,ctrl-q', [16, 17]],
    ['', []],
    ['a,ctrl-@,ctrl-[', [97, 0, 27]],
    ['ctrl-_', [31]],
  ])('%s', (keys, expected) => expect(parseDetachKeys(keys)).toEqual(expected));

  it('refuses what is no key', () =>
    expect(() => parseDetachKeys('ctrl-P,xx')).toThrow("invalid detach keys: Unknown character: 'ctrl-P'"));
});

describe('DetachWatch', () => {
  it('passes on what is not the keys, a beginning of them late', () => {
    const watch = new DetachWatch([16, 17]);
    expect(text(watch.take(bytes('ab\x10')).pass)).toBe('ab');
    expect(text(watch.take(bytes('c')).pass)).toBe('\x10c');
    expect(text(watch.take(bytes('\x10\x10')).pass)).toBe('\x10');
    expect(watch.take(bytes('\x11')).detached).toBe(true);
  });

  it('finds them within a chunk and drops what follows', () => {
    expect(new DetachWatch([16, 17]).take(bytes('x\x10\x11y'))).toEqual({ pass: bytes('x'), detached: true });
  });

  it('is blind without keys', () => {
    const chunk = bytes('\x10\x11');
    expect(new DetachWatch([]).take(chunk)).toEqual({ pass: chunk, detached: false });
  });
});

import { describe, expect, it } from 'vitest';
import { matchesPath } from '../../../src/image/glob.ts';

describe('matchesPath', () => {
  it.each([
    ['*', 'busybox', true],
    ['*', 'library/busybox', false],
    ['*box', 'busybox', true],
    ['b?sybox', 'busybox', true],
    ['library/*', 'library/busybox', true],
    ['[a-c]*', 'busybox', true],
    ['[^a-c]*', 'busybox', false],
    ['quay.io/*/*:latest', 'quay.io/me/app:latest', true],
    ['a.c', 'abc', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['', '', true],
  ])('%s on %s', (pattern, name, expected) => {
    expect(matchesPath(pattern, name)).toBe(expected);
  });

  it.each(['[', '[a', '\\', '[]'])('takes %s for malformed', (pattern) => {
    expect(matchesPath(pattern, 'a')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { goJson, goTime, sortedKeys } from '../../../src/storage/go-json.ts';

describe('goJson', () => {
  it('escapes what Go escapes', () => {
    expect(goJson({ a: '<&>\u2028\u2029', b: [1, true, null] })).toBe('{"a":"\\u003c\\u0026\\u003e\\u2028\\u2029","b":[1,true,null]}');
  });
  it('sorts the keys of maps bytewise', () => {
    expect(Object.keys(sortedKeys({ 'sha256:a': 1, manifest: 2, 'manifest-sha256:b': 3, é: 4, Z: 5 }))).toEqual([
      'Z',
      'manifest',
      'manifest-sha256:b',
      'sha256:a',
      'é',
    ]);
  });
});

describe('goTime', () => {
  it.each([
    [1795488150123456789n, '2026-11-24T02:42:30.123456789Z'],
    [1795488150100000000n, '2026-11-24T02:42:30.1Z'],
    [1795488150000000000n, '2026-11-24T02:42:30Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
  ])('%d is %s', (ns, text) => {
    expect(goTime(ns)).toBe(text);
  });
});

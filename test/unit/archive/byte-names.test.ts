import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseName, cleanName, decodeName, encodeName, parentName, rootedName } from '../../../src/archive/byte-names.ts';

test('cleaning is that of Go, which node does the same but for a trailing slash', () => {
  const part = fc.constantFrom('a', '.', '..', '', 'bc', '...');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const name = parts.join('/');
      const expected = posix.normalize(name);
      expect(cleanName(name)).toBe(expected.length > 1 ? expected.replace(/\/$/, '') : expected);
      expect(rootedName(name)).toMatch(/^\//);
      expect(rootedName(name).split('/')).not.toContain('..');
    }),
  );
});

test('names that are no text stay what they are', () => {
  expect(decodeName('bad\xff')).toBeUndefined();
  expect(decodeName(encodeName('n\u00fc\u2603'))).toBe('n\u00fc\u2603');
  expect([parentName('/a/b'), parentName('/a'), baseName('/a/b')]).toEqual(['/a', '/', 'b']);
});

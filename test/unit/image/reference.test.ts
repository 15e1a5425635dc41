import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelkieError } from '../../../src/errors.ts';
import { isDigest, parseDigest } from '../../../src/image/digest.ts';
import {
  familiarReference,
  formatReference,
  isShortName,
  normalizeLocalName,
  normalizeReference,
  parseReference,
} from '../../../src/image/reference.ts';

const hex = 'a'.repeat(64);

describe('references', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['busybox:1', 'docker.io/library/busybox:1', 'busybox:1'],
    ['library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['team/tool', 'docker.io/team/tool:latest', 'team/tool:latest'],
    ['index.docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['localhost/mine', 'localhost/mine:latest', 'localhost/mine:latest'],
    ['localhost:5000/mine:2', 'localhost:5000/mine:2', 'localhost:5000/mine:2'],
    ['quay.io/a/b/c:x_y.z-1', 'quay.io/a/b/c:x_y.z-1', 'quay.io/a/b/c:x_y.z-1'],
    ['[::1]:5000/a', '[::1]:5000/a:latest', '[::1]:5000/a:latest'],
    [`quay.io/a@sha256:${hex}`, `quay.io/a@sha256:${hex}`, `quay.io/a@sha256:${hex}`],
    [`quay.io/a:t@sha256:${hex}`, `quay.io/a:t@sha256:${hex}`, `quay.io/a:t@sha256:${hex}`],
  ])('%s is %s', (text, full, familiar) => {
    const reference = normalizeReference(text);
    expect(formatReference(reference)).toBe(full);
    expect(familiarReference(reference)).toBe(familiar);
  });

  it.each([
    '',
    'Busybox',
    'a//b',
    '-a',
    'a:',
    'a:-x',
    'a@sha256:abc',
    hex,
    'quay.io/a b',
    'quay.io/../etc',
    `quay.io/${'a'.repeat(256)}`,
    'a\n',
    'a/\u202eb',
    `a@sha256:${hex}0`,
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(SelkieError);
  });

  it('gives short names of our own to localhost', () => {
    expect(formatReference(normalizeLocalName('tool'))).toBe('localhost/tool:latest');
    expect(formatReference(normalizeLocalName('docker.io/tool'))).toBe('docker.io/library/tool:latest');
    expect(isShortName('team/tool')).toBe(true);
    expect(isShortName('localhost/tool')).toBe(false);
  });

  it('either refuses a text or reads its own writing back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.constantFrom(...'ab1.:/@_-Z'), { maxLength: 40 }).map((letters) => letters.join('')),
        ),
        (text) => {
          let formatted: string;
          try {
            formatted = formatReference(parseReference(text));
          } catch (error) {
            expect(error).toBeInstanceOf(SelkieError);
            return;
          }
          expect(formatReference(parseReference(formatted))).toBe(formatted);
          expect(formatted).toMatch(/^[\w.:/@[\]-]+$/);
        },
      ),
    );
  });
});

describe('S02 digests', () => {
  it.each([
    'sha256:../../etc/x',
    'sha256:',
    `sha256:${hex.toUpperCase()}`,
    `sha256:${hex}a`,
    `md5:${'a'.repeat(32)}`,
    `sha512:${hex}`,
    hex,
    `sha256:${hex}\n`,
    7,
    null,
  ])('refuses %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow('invalid checksum digest format');
  });
});

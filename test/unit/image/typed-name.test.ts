import { describe, expect, it } from 'vitest';
import { formatReference } from '../../../src/image/reference.ts';
import { normalizeName, parseTypedName, withoutShadowedTag } from '../../../src/image/typed-name.ts';

const hex = 'a'.repeat(64);

describe('parseTypedName', () => {
  it.each([
    ['busybox', { name: 'busybox' }],
    ['busybox:1', { name: 'busybox', tag: '1' }],
    ['Reg.example:5000/a/b', { name: 'Reg.example:5000/a/b' }],
    [`a/b:1@sha256:${hex}`, { name: 'a/b', tag: '1', digest: `sha256:${hex}` }],
    [hex, { name: hex }],
  ])('%s', (text, expected) => {
    expect(parseTypedName(text)).toEqual(expected);
  });

  it.each([
    ['', 'repository name must have at least one component'],
    ['Foo', 'repository name must be lowercase'],
    ['a//b', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    ['-a', 'invalid reference format'],
    ['a:', 'invalid reference format'],
    ['a@sha256:123', 'invalid reference format'],
    ['../a', 'invalid reference format'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseTypedName(text)).toThrow(reason);
  });
});

describe('withoutShadowedTag', () => {
  it('lets the digest count alone', () => {
    expect(withoutShadowedTag(`a:1@sha256:${hex}`)).toBe(`a@sha256:${hex}`);
    expect(withoutShadowedTag('a:1')).toBe('a:1');
  });
});

describe('normalizeName', () => {
  it.each([
    ['foo', 'localhost/foo:latest'],
    ['foo:1', 'localhost/foo:1'],
    ['foo/bar', 'localhost/foo/bar:latest'],
    ['localhost/foo', 'localhost/foo:latest'],
    ['docker.io/foo', 'docker.io/library/foo:latest'],
    ['reg:5000/foo', 'reg:5000/foo:latest'],
    ['quay.io/a/b:2', 'quay.io/a/b:2'],
    [`quay.io/a/b:2@sha256:${hex}`, `quay.io/a/b@sha256:${hex}`],
  ])('%s', (text, expected) => {
    expect(formatReference(normalizeName(text))).toBe(expected);
  });

  it('says which name it could not take', () => {
    expect(() => normalizeName('Foo')).toThrow('normalizing name "Foo": repository name must be lowercase');
  });
});

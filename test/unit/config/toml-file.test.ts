import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { parseToml } from '../../../src/config/toml-file.ts';

const texts = [
  '[[registry]]\nprefix = "a/b"\nlocation = "h:1/b"\ninsecure = true\n[[registry]]\nprefix = "c"\n',
  'unqualified-search-registries = ["a", "b"]\n[[registry]] # one\nlocation = "x"\n[[registry.mirror]]\nlocation = "m1"\n' +
    '[[registry.mirror]]\nlocation = "m2"\ninsecure = true\n[[registry]]\nlocation = "y"\n[[registry.mirror]]\nlocation = "m3"\n',
  '[[registry]]\n[registry.x]\na = 1\n[[registry]]\n[registry.x]\na = 2\n',
  '[aliases]\n"a" = "b"\n[[registry]]\nlocation = \'z\'\n',
  '[[a]]\n[[a.b.c]]\nd = 1\n',
];

test.each(texts)('reads %j as the whole parser does', (text) => {
  expect(parseToml(text)).toEqual(parse(text));
});

const wrong = [
  'registry = ["a"]\n[[registry]]\n',
  'registry = []\n[[registry]]\n',
  '[registry]\na = 1\n[[registry]]\n',
  '[[registry]]\n[registry]\na = 1\n',
  '[[registry]]\na = 1\na = 2\n',
  '[[registry]\na = 1\n',
];

test.each(wrong)('refuses %j as the whole parser does', (text) => {
  expect(() => parse(text)).toThrow();
  expect(() => parseToml(text)).toThrow();
});

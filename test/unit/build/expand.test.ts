import { describe, expect, it } from 'vitest';
import { expandWord } from '../../../src/build/expand.ts';

const variables: Record<string, string> = { A: 'file.tar.gz', EMPTY: '' };
const lookup = (name: string) => variables[name];

describe('expandWord', () => {
  it.each([
    ['$A', 'file.tar.gz'],
    ['a${A}b', 'afile.tar.gzb'],
    ['${EMPTY:-d$A}', 'dfile.tar.gz'],
    ['${EMPTY-d}', ''],
    ['${NONE-d}', 'd'],
    ['${A:+yes}', 'yes'],
    ['${NONE+yes}', ''],
    ['${A#*.}', 'tar.gz'],
    ['${A##*.}', 'gz'],
    ['${A%.*}', 'file.tar'],
    ['${A%%.*}', 'file'],
    ['${A/tar/zip}', 'file.zip.gz'],
    ["'$A'", '$A'],
    ['"$A \\$A"', 'file.tar.gz $A'],
    ['\\$A', '$A'],
    ['$', '$'],
    ['$NONE', ''],
  ])('%s is %j', (word, expected) => {
    expect(expandWord(word, lookup)).toBe(expected);
  });

  it.each([
    ['${NONE:?must be set}', 'NONE: must be set'],
    ['${A', 'unsupported modifier'],
    ['"a', 'double-quote'],
  ])('refuses %s', (word, message) => {
    expect(() => expandWord(word, lookup)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { IgnoreRules } from '../../../src/build/ignore.ts';

const ignored = (patterns: string[], paths: string[]) => paths.filter((path) => new IgnoreRules(patterns).ignores(path));

describe('IgnoreRules', () => {
  it.each([
    [['*.md', '!README.md'], ['a.md', 'README.md', 'x/b.md'], ['a.md']],
    [['**/*.md'], ['a.md', 'x/y/b.md'], ['a.md', 'x/y/b.md']],
    [['dir'], ['dir', 'dir/a/b', 'dirt'], ['dir', 'dir/a/b']],
    [['dir', '!dir/keep'], ['dir/keep', 'dir/drop'], ['dir/drop']],
    [['/abs/', '# note', ''], ['abs/x', '# note'], ['abs/x']],
    [
      ['a?c', '[xy]z'],
      ['abc', 'ac', 'xz', 'az'],
      ['abc', 'xz'],
    ],
    [
      ['*', '!src/**'],
      ['a', 'src/x.ts', 'src'],
      ['a', 'src'],
    ],
    [['../up'], ['up'], ['up']],
  ])('%j over %j gives %j', (patterns, paths, expected) => {
    expect(ignored(patterns, paths)).toEqual(expected);
  });
});

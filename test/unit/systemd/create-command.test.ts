import { describe, expect, test } from 'vitest';
import { containerFlags, escapeWord, onLines, readFlags, withoutFlags } from '../../../src/systemd/create-command.ts';

describe('flags of a create command', () => {
  test.each([
    [['-d', '--name', 'a', 'image', 'cmd', '-d'], { detach: ['true'], name: ['a'] }, 3],
    [['--name=a', '-e', 'A', '-eB=1', '--env=C', 'image'], { name: ['a'], env: ['A', 'B=1', 'C'] }, 1],
    [['-dit', '--unknown', 'value', '--other=x', 'image'], { detach: ['true'] }, 1],
    [['--detach=false', '-h', 'host', '--', 'image', 'x'], { detach: ['false'], help: ['host'] }, 2],
    [['--privileged', 'image', 'cmd'], {}, 1],
    [['-v', '/a:/b', '-p=80:80', '-', 'x'], {}, 2],
  ])('%j', (words, values, count) => {
    const { values: found, argumentCount } = readFlags(words, containerFlags);
    expect(Object.fromEntries(found)).toEqual(values);
    expect(argumentCount).toBe(count);
  });

  test('what is dropped is dropped before the image only', () => {
    const words = ['--rm', '--cidfile', 'f', '--restart=no', '-d=false', 'image', '--rm', '-d=false'];
    expect(withoutFlags(words, 3, { withValue: ['--cidfile', '--restart'], switches: ['--rm'], exact: ['-d=false'] })).toEqual([
      'image',
      '--rm',
      '-d=false',
    ]);
  });
});

test.each([
  ['plain', 'plain'],
  ['$HOME 50%', '"$$HOME 50%%"'],
  ['a\\b', 'a\\\\b'],
  ['say "hi"\n', '"say \\"hi\\"\\n"'],
  ['tab\t', '"tab\\t"'],
])('systemd reads %j from %j', (word, escaped) => {
  expect(escapeWord(word)).toBe(escaped);
});

test('flags begin lines', () => {
  expect(onLines(['podman', 'run', '-d', '--name', 'x', 'image', 'cmd'])).toBe('podman run \\\n\t-d \\\n\t--name x image cmd');
});

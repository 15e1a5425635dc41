import { describe, expect, it } from 'vitest';
import { labelCommand } from '../../../src/container/run-label.ts';

const command = (text: string, args: string[] = [], options: string[] = []): string[] =>
  labelCommand({ text, image: 'localhost/lab:v1', name: 'lab', args, options });

describe('the command of a label', () => {
  it.each([
    ['podman run --name NAME IMAGE echo', '/proc/self/exe run --name lab localhost/lab:v1 echo'],
    ['/usr/bin/docker run -e N=NAME -e I=IMAGE x', '/proc/self/exe run -e N=lab -e I=localhost/lab:v1 x'],
    ['echo $NAME ${IMAGE} aNAMEb', 'echo lab localhost/lab:v1 aNAMEb'],
    ['echo "two words" it\\ is', 'echo two words it is'],
  ])('%s', (text, wanted) => expect(command(text).join(' ')).toBe(wanted));

  it('takes what the caller adds, and options', () => {
    expect(command('echo $OPT1', ['a'], ['one'])).toEqual(['echo', 'one', 'a']);
  });

  it('shows nothing of the environment', () => {
    process.env['SECRET_OF_MINE'] = 'secret';
    expect(command('echo x$SECRET_OF_MINE')).toEqual(['echo', 'x']);
  });

  it('refuses quotes that do not end, and programs that are not there', () => {
    expect(() => command('echo "x')).toThrow('does not end');
    expect(() => command('/no/such x')).toThrow('faccessat /no/such: no such file or directory');
  });
});

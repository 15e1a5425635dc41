import { describe, expect, test } from 'vitest';
import { type Arguments, checkArity } from '../../../src/cli/arity.ts';
import { parse as csv } from '../../../src/cli/csv.ts';
import { flag } from '../../../src/cli/flag.ts';
import { parseDuration } from '../../../src/cli/go-values.ts';
import { HelpWanted, parseLine, UsageError } from '../../../src/cli/parse.ts';

const table = {
  all: flag.bool({ short: 'a', summary: '' }),
  name: flag.string({ summary: '' }),
  env: flag.stringArray({ short: 'e', summary: '' }),
  dns: flag.strings({ summary: '', default: ['1.1.1.1'] }),
  time: flag.int({ short: 't', summary: '' }),
  retry: flag.uint({ summary: '' }),
  cpus: flag.float({ summary: '' }),
  tls: flag.optionalBool({ summary: '' }),
  pull: flag.string({ noOptDefault: 'always', default: 'missing', summary: '' }),
  network: flag.stringArray({ summary: '', aliases: ['net'] }),
  layers: flag.ints({ summary: '' }),
  delay: flag.duration({ summary: '' }),
  ip: flag.ip({ summary: '' }),
  opts: flag.stringMap({ summary: '' }),
  sort: flag.string({ summary: '', choices: ['a', 'b'], strict: true }),
};
const parse = (line: string, interspersed = true) => parseLine(line === '' ? [] : line.split(' '), [table], { interspersed });

describe('values', () => {
  test.each([
    ['--name=x', 'name', 'x'],
    ['--name x', 'name', 'x'],
    ['--name=', 'name', ''],
    ['--name --all', 'name', '--all'],
    ['-e A -eB -e=C', 'env', ['A', 'B', 'C']],
    ['-ae A', 'env', ['A']],
    ['--dns 1,2 --dns 3', 'dns', ['1', '2', '3']],
    ['', 'dns', ['1.1.1.1']],
    ['--all=false', 'all', false],
    ['--all=T', 'all', true],
    ['-t5', 'time', 5],
    ['-t=-5', 'time', -5],
    ['--time 0x10', 'time', 16],
    ['--time 010', 'time', 8],
    ['--cpus .5', 'cpus', 0.5],
    ['', 'tls', undefined],
    ['--tls', 'tls', true],
    ['--tls=false', 'tls', false],
    ['', 'pull', 'missing'],
    ['--pull', 'pull', 'always'],
    ['--pull=never', 'pull', 'never'],
    ['--net a --network b', 'network', ['a', 'b']],
    ['--layers -1,2', 'layers', [-1, 2]],
    ['--delay 1m30s', 'delay', 90_000],
    ['--ip ::1', 'ip', '::1'],
    ['--opts a=b --opts c=d', 'opts', { a: 'b', c: 'd' }],
  ])('%s', (line, name, value) => expect(parse(line).values[name]).toEqual(value));

  test('a flag with an optional value takes no separate argument', () => {
    expect(parse('--pull x')).toMatchObject({ args: ['x'], values: { pull: 'always' } });
  });
});

describe('arguments', () => {
  test('flags may stand between them', () => expect(parse('b -a a b').args).toEqual(['b', 'a', 'b']));
  test('or end at the first', () => expect(parse('-a img -a --name', false).args).toEqual(['img', '-a', '--name']));
  test('two dashes end flags and are dropped', () => expect(parse('a -- -b')).toMatchObject({ args: ['a', '-b'], dashAt: 1 }));
  test('but kept after the first argument where flags end there', () => expect(parse('img -- x', false).args).toEqual(['img', '--', 'x']));
  test('a dash alone is one', () => expect(parse('-').args).toEqual(['-']));
});

test.each([
  ['--foo', 'unknown flag: --foo'],
  ['--foo=1', 'unknown flag: --foo'],
  ['-x', "unknown shorthand flag: 'x' in -x"],
  ['-axy', "unknown shorthand flag: 'x' in -xy"],
  ['--name', 'flag needs an argument: --name'],
  ['-e', "flag needs an argument: 'e' in -e"],
  ['---x', 'bad flag syntax: ---x'],
  ['--=x', 'bad flag syntax: --=x'],
  ['-t x', 'invalid argument "x" for "-t, --time" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    '-t 9223372036854775808',
    'invalid argument "9223372036854775808" for "-t, --time" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
  ['--retry -1', 'invalid argument "-1" for "--retry" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
  ['--cpus x', 'invalid argument "x" for "--cpus" flag: strconv.ParseFloat: parsing "x": invalid syntax'],
  ['--all=x', 'invalid argument "x" for "-a, --all" flag: strconv.ParseBool: parsing "x": invalid syntax'],
  ['--dns a"b', 'invalid argument "a\\"b" for "--dns" flag: parse error on line 1, column 2: bare " in non-quoted-field'],
  ['--layers x', 'invalid argument "x" for "--layers" flag: strconv.Atoi: parsing "x": invalid syntax'],
  ['--delay 5', 'invalid argument "5" for "--delay" flag: time: missing unit in duration "5"'],
  ['--ip x', 'invalid argument "x" for "--ip" flag: failed to parse IP: "x"'],
  ['--opts x', 'invalid argument "x" for "--opts" flag: x must be formatted as key=value'],
  ['--sort c', 'invalid argument "c" for "--sort" flag: "c" is not a valid value.  Choose from: "a, b"'],
])('%s: %s', (line, message) => {
  expect(() => parse(line)).toThrow(new UsageError(message));
});

test('help is asked for where it is no flag of its own', () => {
  expect(() => parse('--help')).toThrow(HelpWanted);
  expect(() => parse('-h')).toThrow(HelpWanted);
});

test.each<[Arguments, string, string | undefined]>([
  [{ max: 0 }, 'a', '`podman x` takes no arguments'],
  [{ min: 2 }, 'a', 'requires at least 2 arg(s), only received 1'],
  [{ min: 1, max: 1 }, '', 'accepts 1 arg(s), received 0'],
  [{ max: 1 }, 'a b', 'accepts at most 1 arg(s), received 2'],
  [{ min: 1, max: 2 }, '', 'accepts between 1 and 2 arg(s), received 0'],
  [{ min: 1, tooFew: 'say {path} what' }, '', 'say podman x what'],
  [{ min: 1, unless: ['all'] }, '--all', undefined],
  [{ orLatest: true }, '', '"podman x" requires a name, id, or the "--latest" flag'],
  [{ orLatest: true }, 'a b', '`podman x` accepts at most one argument'],
  [{ namesOrAll: true }, '', 'you must provide at least one name or id'],
  [{ namesOrAll: true }, '--all a', 'no arguments are needed with --all'],
  [{ namesOrAll: true, mayBeEmpty: true }, '', undefined],
])('%o with "%s"', (wanted, line, message) => {
  const check = () => checkArity('podman x', wanted, parse(line));
  if (message === undefined) check();
  else expect(check).toThrow(new UsageError(message));
});

test.each([
  ['a,b', ['a', 'b']],
  ['"a,b",c', ['a,b', 'c']],
  ['"a""b"', ['a"b']],
  ['a,', ['a', '']],
  ['', ['']],
])('csv %s', (text, fields) => expect(csv(text)).toEqual(fields));

test.each([
  ['1h', 3_600_000],
  ['-1.5s', -1500],
  ['1h2m3.5s', 3_723_500],
  ['100ms', 100],
  ['0', 0],
])('duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

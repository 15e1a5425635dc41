import { quote } from '../../go-values.ts';
import { GoDuration } from '../go-time.ts';
import { exponent, printFloat, printSyntax, printValue } from './print.ts';
import { GoFloat, typeOf } from './values.ts';

interface Verb {
  letter: string;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** fmt.Sprintf. Mistakes show up in the text, as Go's do: `%!d(string=x)`, `%!s(MISSING)`. */
export function sprintf(format: string, args: readonly unknown[]): string {
  let used = 0;
  let result = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:(\.)(\*|\d*))?(.|$)/gsu,
    (_, flags: string, width: string, dot: string, precision: string, letter: string) => {
      const number = (text: string | undefined) =>
        text === '*' ? Number(args[used++]) : text === undefined || text === '' ? undefined : Number(text);
      const verb: Verb = {
        letter,
        minus: flags.includes('-'),
        plus: flags.includes('+'),
        sharp: flags.includes('#'),
        space: flags.includes(' '),
        zero: flags.includes('0') && !flags.includes('-'),
        width: number(width),
        precision: dot === undefined ? undefined : (number(precision) ?? 0),
      };
      if (letter === '%') return '%';
      if (letter === '') return '%!(NOVERB)';
      if (used >= args.length) return `%!${letter}(MISSING)`;
      return pad(convert(verb, args[used++]), verb);
    },
  );
  if (used < args.length)
    result += `%!(EXTRA ${args
      .slice(used)
      .map((arg) => `${typeOf(arg)}=${printValue(arg)}`)
      .join(', ')})`;
  return result;
}

function convert(verb: Verb, value: unknown): string {
  switch (verb.letter) {
    case 'v':
      return verb.sharp ? printSyntax(value) : signed(printValue(value, verb.plus), verb, typeof value === 'number');
    case 'T':
      return value === null || value === undefined ? '<nil>' : typeOf(value);
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong(verb, value);
    case 'p':
      return wrong(verb, value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => convert(verb, item)).join(' ')}]`;
  if (typeof value === 'string') return text(verb, value);
  if (typeof value === 'number' && !Number.isInteger(value)) return float(verb, value);
  if (value instanceof GoFloat) return float(verb, value.value);
  if (typeof value === 'number' || typeof value === 'bigint') return integer(verb, BigInt(value), value);
  // Go's duration is a number with a text of its own.
  if (value instanceof GoDuration && verb.letter !== 's') return integer(verb, BigInt(value.nanoseconds), value.nanoseconds);
  if (verb.letter === 's' && value !== null && typeof value === 'object') return printValue(value);
  if (value !== null && typeof value === 'object' && typeOf(value).startsWith('map[')) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${convert(verb, key)}:${convert(verb, item)}`).join(' ')}]`;
  }
  return wrong(verb, value);
}

function text(verb: Verb, value: string): string {
  const cut = verb.precision === undefined ? value : Array.from(value).slice(0, verb.precision).join('');
  switch (verb.letter) {
    case 's':
      return cut;
    case 'q':
      return verb.sharp && !cut.includes('`') ? `\`${cut}\`` : quote(cut);
    case 'x':
    case 'X': {
      const hex = Buffer.from(cut).toString('hex');
      return verb.letter === 'x' ? hex : hex.toUpperCase();
    }
    default:
      return wrong(verb, value);
  }
}

function integer(verb: Verb, value: bigint, given: number | bigint): string {
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : verb.plus ? '+' : verb.space ? ' ' : '';
  const digits = (radix: number, prefix: string) => {
    const plain = size.toString(radix).padStart(verb.precision ?? 1, '0');
    const filled =
      verb.zero && verb.width !== undefined && verb.precision === undefined ? plain.padStart(verb.width - sign.length, '0') : plain;
    return `${sign}${verb.sharp ? prefix : ''}${filled}`;
  };
  switch (verb.letter) {
    case 'd':
      return digits(10, '');
    case 'b':
      return digits(2, '0b');
    case 'o':
      return digits(8, '0');
    case 'O':
      return `${sign}0o${size.toString(8)}`;
    case 'x':
      return digits(16, '0x');
    case 'X':
      return digits(16, '0X').toUpperCase();
    case 'c':
      return String.fromCodePoint(Number(value));
    case 'q':
      return `'${String.fromCodePoint(Number(value))}'`;
    case 'U':
      return `U+${size.toString(16).toUpperCase().padStart(4, '0')}`;
    default:
      return wrong(verb, given);
  }
}

function float(verb: Verb, value: number): string {
  const places = verb.precision ?? 6;
  switch (verb.letter) {
    case 'f':
    case 'F':
      return signed(value.toFixed(places), verb, true);
    case 'e':
      return signed(exponent(value.toExponential(places)), verb, true);
    case 'E':
      return signed(exponent(value.toExponential(places)).toUpperCase(), verb, true);
    case 'g':
    case 'G':
      return signed(
        verb.precision === undefined ? printFloat(value) : exponent(String(Number(value.toPrecision(verb.precision || 1)))),
        verb,
        true,
      );
    default:
      return wrong(verb, new GoFloat(value));
  }
}

const signed = (shown: string, verb: Verb, isNumber: boolean): string =>
  verb.plus && isNumber && !shown.startsWith('-') ? `+${shown}` : shown;

function wrong(verb: Verb, value: unknown): string {
  if (value === null || value === undefined) return `%!${verb.letter}(<nil>)`;
  return `%!${verb.letter}(${typeOf(value)}=${printValue(value)})`;
}

function pad(shown: string, verb: Verb): string {
  const missing = (verb.width ?? 0) - Array.from(shown).length;
  if (missing <= 0) return shown;
  if (verb.minus) return shown + ' '.repeat(missing);
  const number = /^[-+]?[\d.]/.test(shown) && /[dfFeEgGv]/.test(verb.letter);
  if (verb.zero && number) return shown.replace(/^([-+]?)/, `$1${'0'.repeat(missing)}`);
  return (verb.zero && 's' === verb.letter ? '0' : ' ').repeat(missing) + shown;
}

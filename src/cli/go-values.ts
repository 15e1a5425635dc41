import { parse as csv } from './csv.ts';

/** The text of a value error, in the words of Go's strconv and time packages: they reach the user through `invalid argument`. */
export class ValueError extends Error {}

const syntax = (fn: string, text: string) => new ValueError(`strconv.${fn}: parsing ${quote(text)}: invalid syntax`);
const range = (fn: string, text: string) => new ValueError(`strconv.${fn}: parsing ${quote(text)}: value out of range`);

/** A string as Go's `%q` prints it. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function parseBool(text: string): boolean {
  switch (text) {
    case '1':
    case 't':
    case 'T':
    case 'true':
    case 'TRUE':
    case 'True':
      return true;
    case '0':
    case 'f':
    case 'F':
    case 'false':
    case 'FALSE':
    case 'False':
      return false;
    default:
      throw syntax('ParseBool', text);
  }
}

const integer = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/** strconv.ParseInt with base 0: decimal, 0x, 0o, 0b, leading-zero octal. Values past 2^53 lose precision but keep their range check. */
export function parseInt64(text: string, fn = 'ParseInt', bits = 64): number {
  const match = integer.exec(text);
  if (!match) throw syntax(fn, text);
  const value = magnitude(match[2]!) * (match[1] === '-' ? -1n : 1n);
  const limit = 1n << BigInt(bits - 1);
  if (value >= limit || value < -limit) throw range(fn, text);
  return Number(value);
}

export function parseUint64(text: string, fn = 'ParseUint'): number {
  const match = integer.exec(text);
  if (match?.[1] !== '') throw syntax(fn, text);
  const value = magnitude(match[2]!);
  if (value >= 1n << 64n) throw range(fn, text);
  return Number(value);
}

function magnitude(digits: string): bigint {
  const plain = digits.replaceAll('_', '');
  return /^0[0-7]/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : BigInt(plain);
}

export function parseFloat64(text: string): number {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw syntax('ParseFloat', text);
  const value = Number(text);
  if (!Number.isFinite(value)) throw range('ParseFloat', text);
  return value;
}

const unitMs: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** time.ParseDuration, in milliseconds. */
export function parseDuration(text: string): number {
  const bad = () => new ValueError(`time: invalid duration ${quote(text)}`);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return 0;
  if (rest === '') throw bad();
  let total = 0;
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw bad();
    rest = rest.slice(number.length);
    const unit = /^[^\d.]*/.exec(rest)![0];
    if (unit === '') throw new ValueError(`time: missing unit in duration ${quote(text)}`);
    const ms = unitMs[unit];
    if (ms === undefined) throw new ValueError(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    total += Number(number) * ms;
    rest = rest.slice(unit.length);
  }
  return sign === '-' ? -total : total;
}

export function parseIp(text: string): string {
  const trimmed = text.trim();
  if (!isIp(trimmed)) throw new ValueError(`failed to parse IP: ${quote(text)}`);
  return trimmed;
}

export function parseIps(text: string): string[] {
  return parseStrings(text.replaceAll(/['"`]/g, '')).map((part) => {
    if (!isIp(part.trim())) throw new ValueError(`invalid string being converted to IP address: ${part}`);
    return part.trim();
  });
}

function isIp(text: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text))
    return text.split('.').every((part) => Number(part) < 256 && !(part.length > 1 && part.startsWith('0')));
  if (!text.includes(':') || text.includes('%') || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  return URL.canParse(`http://[${text}]/`);
}

/** A pflag string slice: one CSV record, the empty text being none at all. */
export function parseStrings(text: string): string[] {
  return text === '' ? [] : csv(text);
}

export function parseStringMap(text: string): Record<string, string> {
  const equals = text.split('=').length - 1;
  if (equals === 0) throw new ValueError(`${text} must be formatted as key=value`);
  const pairs = equals === 1 ? [text.replace(/^"|"$/g, '')] : csv(text);
  const result: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) throw new ValueError(`${pair} must be formatted as key=value`);
    result[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return result;
}

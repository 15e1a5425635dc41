import { InvalidOption } from '../create-errors.ts';

/** Go's `strconv.ParseUint(text, base, bits)`, with its error texts. */
export function parseUint(text: string, bits: 16 | 32 | 64 = 64, base: 8 | 10 = 10): number {
  const pattern = base === 8 ? /^[0-7]+$/ : /^[0-9]+$/;
  if (!pattern.test(text)) throw new InvalidOption(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number.parseInt(text, base);
  if (value > 2 ** bits - 1) throw new InvalidOption(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

/** Go's `strconv.Atoi`. */
export function parseInteger(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new InvalidOption(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (Math.abs(value) > 2 ** 63) throw new InvalidOption(`strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

/** Go's `strconv.ParseBool`; undefined where it would fail. */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}

const powers: Record<string, number> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/** go-units takes "10", "10k", "10kb", "10KiB", "10 kB" and fractions. */
function parseSize(text: string, base: 1000 | 1024): number {
  const split = Math.max(...[...'0123456789. '].map((character) => text.lastIndexOf(character)));
  if (split < 0) throw new InvalidOption(`invalid size: '${text}'`);
  const number = text.slice(0, text[split] === ' ' ? split : split + 1);
  const suffix = text.slice(split + 1);
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(number))
    throw new InvalidOption(`strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`);
  if (Number(number) < 0) throw new InvalidOption(`invalid size: '${text}'`);
  const unit = /^(?:([kmgtp])?(?:b|ib)?|b)$/.exec(suffix.toLowerCase());
  if (!unit || suffix.toLowerCase() === 'ib')
    throw new InvalidOption(`invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`);
  return Math.trunc(Number(number) * base ** (powers[unit[1] ?? ''] ?? 0));
}

/** go-units' RAMInBytes: `32m`, `1.5GiB`; multiples of 1024. */
export const ramInBytes = (text: string): number => parseSize(text, 1024);

/** go-units' FromHumanSize: multiples of 1000. */
export const fromHumanSize = (text: string): number => parseSize(text, 1000);

const durationUnits: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's `time.ParseDuration`, in nanoseconds. */
export function parseDuration(text: string): number {
  const quoted = JSON.stringify(text);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw new InvalidOption(`time: invalid duration ${quoted}`);
  let total = 0;
  while (rest !== '') {
    const number = /^([0-9]+\.?[0-9]*|\.[0-9]+)/.exec(rest)?.[0];
    if (number === undefined) throw new InvalidOption(`time: invalid duration ${quoted}`);
    rest = rest.slice(number.length);
    const unit = /^[^0-9.]+/.exec(rest)?.[0];
    if (unit === undefined) throw new InvalidOption(`time: missing unit in duration ${quoted}`);
    const factor = durationUnits[unit];
    if (factor === undefined) throw new InvalidOption(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    total += Number(number) * factor;
    rest = rest.slice(unit.length);
  }
  return Math.round(sign * total);
}

import { SelkieError } from '../errors.ts';

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** A Go duration (`1h30m`, `-1.5s`) in nanoseconds, or undefined for other text. */
export function parseGoDuration(text: string): bigint | undefined {
  const match = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.exec(text);
  if (!match) return /^[+-]?0$/.test(text) ? 0n : undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit] of text.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = units[unit!]!;
    total += BigInt(whole || '0') * scale;
    if (fraction) total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return match[1] === '-' ? -total : total;
}

/**
 * A moment as docker's --since, --until take it: a duration before now, an RFC 3339 or date text (local time where no zone is
 * given), or Unix seconds with a fraction. In nanoseconds since 1970.
 * @throws SelkieError
 */
export function parsePointInTime(text: string, now = Date.now()): bigint {
  const duration = parseGoDuration(text);
  if (duration !== undefined && !/^[+-]?0$/.test(text)) return BigInt(now) * 1_000_000n - duration;
  const seconds = /^(-?\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds) return BigInt(seconds[1]!) * 1_000_000_000n + BigInt((seconds[2] ?? '').padEnd(9, '0'));
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!date) throw new SelkieError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  const [, day, hours = '00', minutes = '00', rest = '00', fraction = '', zone = ''] = date;
  const milliseconds = Date.parse(`${day}T${hours}:${minutes}:${rest}${zone}`);
  if (Number.isNaN(milliseconds)) throw new SelkieError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** As `parsePointInTime` for the end of a span: a duration lies ahead. @throws SelkieError */
export function parseEnd(text: string, now = Date.now()): bigint {
  const point = parsePointInTime(text, now);
  const isDuration = parseGoDuration(text) !== undefined && !/^[+-]?0$/.test(text);
  return isDuration ? 2n * BigInt(now) * 1_000_000n - point : point;
}

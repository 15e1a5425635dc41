/** Nanoseconds since 1970 of an RFC 3339 time with up to nine fractional digits; 0n for the text of Go's zero time or none. */
export function instantOf(text: string | undefined): bigint {
  if (!text) return 0n;
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return 0n;
  const [, date, time, fraction = '', zone] = match;
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) return 0n;
  return BigInt(milliseconds) * 1_000_000n + BigInt(`${fraction}000000000`.slice(0, 9));
}

/** Whole seconds since 1970, rounded down as Go's `Unix()`. */
export function unixSeconds(text: string | undefined): number {
  const instant = instantOf(text);
  const seconds = instant / 1_000_000_000n;
  return Number(instant < 0n && instant % 1_000_000_000n !== 0n ? seconds - 1n : seconds);
}

/** RFC 3339 with nanoseconds as Go prints it: trailing zeros trimmed, `Z`. */
export function formatInstant(instant: bigint): string {
  let fraction = instant % 1_000_000_000n;
  let seconds = instant / 1_000_000_000n;
  if (fraction < 0n) {
    fraction += 1_000_000_000n;
    seconds -= 1n;
  }
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${base}${digits}Z`;
}

/**
 * JSON text as Go's encoding/json writes it, byte for byte, for values whose key order is already right: no spaces
 * unless `indent` is given, and the five
 * characters that Go escapes for HTML's and JavaScript's sake. State files shared with the real tools are written so.
 */
export function goJson(value: unknown, indent?: string): string {
  return JSON.stringify(value, null, indent).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same entries with keys in the byte order in which Go writes a map. */
export function sortedKeys<T>(map: Record<string, T>): Record<string, T> {
  const keys = Object.keys(map);
  return Object.fromEntries(keys.sort(byBytes).map((key) => [key, map[key] as T]));
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Now, as Go writes a time.Time in UTC: nanoseconds where the clock gives them, trailing zeros trimmed. */
export function goTimeNow(): string {
  const ns = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  return goTime(ns);
}

/** @param ns nanoseconds since 1970 */
export function goTime(ns: bigint): string {
  const fraction = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${seconds}${digits}Z`;
}

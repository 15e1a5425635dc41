import { GoFloat } from './values.ts';

/** A value in JSON as Go's encoder writes it without HTML escapes: maps by key, times in RFC 3339. */
export function toGoJson(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_, item: unknown) => {
    if (item instanceof Map) return Object.fromEntries([...item].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
    if (item instanceof GoFloat) return item.value;
    if (typeof item === 'bigint') return Number(item);
    return item;
  });
  return text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

import { matchesPath } from './glob.ts';

/** `key` or `key=value`; a `*` in the key stands for anything. */
export function hasLabel(labels: Record<string, string>, filter: string): boolean {
  const equals = filter.indexOf('=');
  const key = equals < 0 ? filter : filter.slice(0, equals);
  const value = equals < 0 ? '' : filter.slice(equals + 1);
  const withoutSlashes = (text: string) => text.replaceAll('/', '|');
  const named = (label: string) =>
    label === key || (key.includes('*') && matchesPath(`*${withoutSlashes(key)}*`, withoutSlashes(label)) === true);
  return Object.entries(labels).some(([label, text]) => (value === '' || text === value) && named(label));
}

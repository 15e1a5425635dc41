export type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

/** The spec with IDs named, empty things left out, and sorted where the order means nothing. */
export function comparableSpec(text: string, id: string): Json {
  const named = text
    .replaceAll(id, 'ID')
    .replaceAll(id.slice(0, 32), 'ID32')
    .replaceAll(id.slice(0, 12), 'SHORT')
    .replaceAll(/netns-[0-9a-f-]+/g, 'NETNS')
    .replaceAll(/volumes\/[0-9a-f]{64}/g, 'volumes/ANONYMOUS')
    .replaceAll(/userdata\/overlay\/[0-9a-f]+\//g, 'userdata/overlay/RANDOM/')
    .replaceAll(/\/proc\/\d+\/ns\//g, '/proc/PID/ns/')
    .replaceAll(/[0-9a-f]{64}/g, 'HEX64')
    .replaceAll(/"path":"[^"]*(merged|intermediate-mountpoint[^"]*)"/g, '"path":"ROOT"');
  return sorted(JSON.parse(named) as Json, '');
}

function sorted(value: Json, key: string): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, '')).filter((item) => item !== '');
    if (key === 'args' || key === 'syscalls') return items;
    const texts = items.map((item) => JSON.stringify(item));
    return [...new Set(texts)].sort().map((text) => JSON.parse(text) as Json);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'ociVersion')
    .map(([name, item]) => [name, sorted(item, name)] as const)
    .filter(([, item]) => !isEmpty(item));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isEmpty = (item: Json): boolean =>
  item === null || item === '' || item === 0 || (typeof item === 'object' && Object.keys(item).length === 0);

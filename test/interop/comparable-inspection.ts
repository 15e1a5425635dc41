import type { Json } from './comparable-spec.ts';

/** What is each container's own, named; lists whose order means nothing, sorted. */
export function comparableInspection(text: string, id: string, name: string, program: string): Json {
  const named = text
    .replaceAll(id, 'ID')
    .replaceAll(id.slice(0, 32), 'ID32')
    .replaceAll(id.slice(0, 12), 'SHORT')
    .replaceAll(name, 'NAME')
    .replaceAll(program, 'podman')
    .replaceAll(/[0-9a-f]{64}/g, 'HEX64')
    .replaceAll(/"[0-9a-f]{12}"/g, '"HEX12"')
    .replaceAll(/\/overlay\/l\/[A-Z0-9]{26}/g, '/overlay/l/LINK')
    .replaceAll(/"HostPort": "\d{5}"/g, '"HostPort": "RANDOM"')
    .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"TIME"');
  return settled((JSON.parse(named) as Json[])[0]!, '');
}

/** Locks are podman's own; crun of Debian 12 wants the older version of the specification. */
const differs = new Set(['lockNumber', 'OciVersion']);
const unordered = new Set(['EffectiveCaps', 'BoundingCaps', 'CapAdd', 'CapDrop', 'Binds', 'Env']);

function settled(value: Json, key: string): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => settled(item, ''));
    return unordered.has(key) ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !differs.has(name));
  return Object.fromEntries(entries.map(([name, item]) => [name, settled(item, name)]));
}

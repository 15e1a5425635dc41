import { parsePointInTime } from '../config/point-in-time.ts';
import { SelkieError } from '../errors.ts';
import type { VolumeRecord } from './volume.ts';

export type VolumeFilter = (volume: VolumeRecord) => boolean;

/** A filter that podman refuses, in its words. */
export class InvalidVolumeFilter extends SelkieError {}

export interface VolumeFilterContext {
  /** Whether any container uses it. */
  isUsed(volume: VolumeRecord): boolean;
  /** For `since` and `after`. @throws NoSuchVolume */
  lookup(name: string): VolumeRecord;
}

/** The filters of `volume ls`, or with `prune` the fewer ones of `volume prune`; a volume has to pass all of them. */
export function volumeFilters(filters: readonly string[], context: VolumeFilterContext, prune = false): VolumeFilter[] {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new InvalidVolumeFilter(`filter input must be in the form of filter=value: ${filter} is invalid`);
    const key = filter.slice(0, at);
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(at + 1)]);
  }
  return [...groups].map(([key, values]) => {
    const filter = (prune ? undefined : listFilter(key, values, context)) ?? commonFilter(key, values, context);
    if (filter === undefined) throw new InvalidVolumeFilter(`"${key}" is an invalid volume filter`);
    return filter;
  });
}

function listFilter(key: string, values: readonly string[], context: VolumeFilterContext): VolumeFilter | undefined {
  switch (key) {
    case 'name':
      return ({ name }) => values.some((pattern) => new RegExp(pattern).test(name));
    case 'driver':
      return ({ driver }) => values.includes(driver);
    case 'scope':
      return () => values.includes('local');
    case 'opt':
      return ({ options }) => values.some((wanted) => hasPair(options, wanted, true));
    case 'dangling': {
      const wrong = values.find((value) => !/^(true|false|1|0)$/i.test(value));
      if (wrong !== undefined) {
        throw new InvalidVolumeFilter(`"${wrong}" is not a valid value for the "dangling" filter - must be true or false`);
      }
      return (volume) => values.some((value) => context.isUsed(volume) !== /^(true|1)$/i.test(value));
    }
    default:
      return undefined;
  }
}

function commonFilter(key: string, values: readonly string[], context: VolumeFilterContext): VolumeFilter | undefined {
  switch (key) {
    case 'after':
    case 'since': {
      const created = Math.min(...values.map((name) => Date.parse(context.lookup(name).created)));
      return (volume) => Date.parse(volume.created) > created;
    }
    case 'label':
      return ({ labels }) => values.every((wanted) => hasPair(labels, wanted));
    case 'label!':
      return ({ labels }) => !values.every((wanted) => hasPair(labels, wanted));
    case 'until': {
      if (values.length !== 1) throw new InvalidVolumeFilter('specify exactly one timestamp for until');
      const until = Number(parsePointInTime(values[0]!) / 1_000_000n);
      return ({ created }) => Date.parse(created) < until;
    }
    default:
      return undefined;
  }
}

function hasPair(pairs: Readonly<Record<string, string>>, wanted: string, emptyMatchesAny = false): boolean {
  const at = wanted.indexOf('=');
  const name = at < 0 ? wanted : wanted.slice(0, at);
  const value = at < 0 ? undefined : wanted.slice(at + 1);
  if (!Object.hasOwn(pairs, name)) return false;
  return value === undefined || (emptyMatchesAny && value === '') || pairs[name] === value;
}

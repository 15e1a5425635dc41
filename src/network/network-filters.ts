import { parsePointInTime } from '../config/point-in-time.ts';
import { SelkieError } from '../errors.ts';
import type { Network } from './types.ts';

export type NetworkFilter = (network: Network) => boolean;

/** A filter that podman refuses, in its words. */
export class InvalidFilter extends SelkieError {}

/** `KEY=VALUE` arguments by key. @throws InvalidFilter */
export function groupFilters(filters: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new InvalidFilter(`filter input must be in the form of filter=value: ${filter} is invalid`);
    // `label!=x` is the filter `label!`.
    const key = filter.slice(0, at);
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(at + 1)]);
  }
  return groups;
}

/**
 * The filters of `network ls`, or with `prune` those few of `network prune`; a network has to pass all of them.
 * @param used names of the networks that containers are in, asked for only if `dangling` is filtered by
 */
export function networkFilters(filters: readonly string[], used: () => ReadonlySet<string>, prune = false): NetworkFilter[] {
  return [...groupFilters(filters)].map(([key, values]) => {
    const own = prune ? undefined : listFilter(key, values, used);
    return own ?? pruneFilter(key, values);
  });
}

function listFilter(key: string, values: readonly string[], used: () => ReadonlySet<string>): NetworkFilter | undefined {
  switch (key.toLowerCase()) {
    case 'name':
      return ({ name }) => values.some((pattern) => new RegExp(pattern).test(name));
    case 'driver':
      return ({ driver }) => values.includes(driver);
    case 'id':
      return ({ id }) => values.some((value) => (/^[0-9a-f]*$/i.test(value) ? id.startsWith(value) : new RegExp(value).test(id)));
    case 'dangling': {
      if (values.length > 1) throw new InvalidFilter('got more than one value for filter key "dangling"');
      const wanted = danglingValue(values[0]!);
      const names = used();
      return ({ name }) => names.has(name) !== wanted;
    }
    default:
      return undefined;
  }
}

function danglingValue(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new InvalidFilter(`invalid dangling filter value "${text}"`);
}

function pruneFilter(key: string, values: readonly string[]): NetworkFilter {
  switch (key.toLowerCase()) {
    case 'label':
      return ({ labels }) => values.every((value) => hasLabel(labels ?? {}, value));
    case 'label!':
      return ({ labels }) => !values.every((value) => hasLabel(labels ?? {}, value));
    case 'until': {
      if (values.length !== 1) throw new InvalidFilter('specify exactly one timestamp for until');
      const until = Number(parsePointInTime(values[0]!) / 1_000_000n);
      return ({ created }) => Date.parse(created) < until;
    }
    default:
      throw new InvalidFilter(`invalid filter "${key}"`);
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const name = at < 0 ? wanted : wanted.slice(0, at);
  return name in labels && (at < 0 || labels[name] === wanted.slice(at + 1));
}

import { parsePointInTime } from '../config/point-in-time.ts';
import { SelkieError } from '../errors.ts';
import { instantOf } from '../image/instant.ts';
import { hasLabel } from '../image/label-filter.ts';
import type { Container } from './container.ts';
import { podmanStatus } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { networksOf } from './network-request.ts';

export type ContainerFilter = (container: Container) => boolean;

const statuses = ['unknown', 'created', 'initialized', 'running', 'stopped', 'stopping', 'paused', 'exited', 'removing'];
const policies = ['none', 'no', 'always', 'on-failure', 'unless-stopped'];

/** Filters as typed (`key=value`), those of one key grouped. @throws SelkieError */
export function groupFilters(filters: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new SelkieError(`invalid filter "${filter}"`);
    // `label!=x` is the key "label!".
    const key = filter.slice(0, at);
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(at + 1)]);
  }
  return groups;
}

/** All must hold; of several values for one key one must, except for labels, of which all must. @throws SelkieError */
export function containerFilters(engine: ContainerEngine, filters: readonly string[], allowed?: readonly string[]): ContainerFilter[] {
  return [...groupFilters(filters)].map(([key, values]) => {
    if (allowed !== undefined && !allowed.includes(key)) throw new SelkieError(`${key} is an invalid filter`);
    return containerFilter(engine, key, values);
  });
}

export const pruneFilterKeys = ['label', 'label!', 'until'] as const;

function containerFilter(engine: ContainerEngine, key: string, values: string[]): ContainerFilter {
  switch (key) {
    case 'id':
      return ({ id }) =>
        values.some((value) => (/^[0-9a-fA-F]+$/.test(value) ? id.startsWith(value.toLowerCase()) : matchesExpression(id, value)));
    case 'label':
      return ({ config }) => values.every((value) => hasLabel(config.labels, value));
    case 'label!':
      return ({ config }) => !values.every((value) => hasLabel(config.labels, value));
    case 'name':
      return ({ name }) => values.some((value) => matchesExpression(name, value.replaceAll('/', '')));
    case 'exited': {
      const codes = values.map((value) => {
        if (!/^[+-]?\d+$/.test(value))
          throw new SelkieError(`exited code out of range '\\x00': strconv.ParseInt: parsing "${value}": invalid syntax`);
        return Number(value);
      });
      return ({ state }) => state.exited && (state.status === 'exited' || state.status === 'stopped') && codes.includes(state.exitCode);
    }
    case 'status': {
      const unknown = values.find((value) => !statuses.includes(value));
      if (unknown !== undefined) throw new SelkieError(`unknown container state: ${unknown}: invalid argument`);
      const wanted = values.map((value) => (value === 'stopped' ? 'exited' : value));
      return ({ state }) => wanted.includes(state.status === 'stopped' ? 'exited' : podmanStatus(state.status));
    }
    case 'ancestor':
      return ({ config }) => {
        const [name, tag] = splitTag(config.image.name);
        return values.some(
          (value) =>
            (config.image.id !== '' && config.image.id.includes(value)) ||
            matchesExpression(config.image.name, value) ||
            (tag === 'latest' && matchesExpression(name, value)),
        );
      };
    case 'before':
    case 'since': {
      const earliest = values
        .map((value) => instantOf(engine.state.lookup(value).config.created))
        .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0]!;
      return ({ config }) => (key === 'before' ? instantOf(config.created) < earliest : instantOf(config.created) > earliest);
    }
    case 'until': {
      if (values.length > 1) throw new SelkieError('specify exactly one timestamp for until');
      const until = parsePointInTime(values[0]!);
      return ({ config }) => instantOf(config.created) < until;
    }
    case 'volume':
      return ({ config }) => values.some((value) => usesVolume(config, value));
    case 'health': {
      const { healthStatus } = require('./health.ts') as typeof import('./health.ts');
      return (container) => values.includes(healthStatus(container));
    }
    case 'pod': {
      const pods = values.flatMap((value) => podIds(engine, value));
      return ({ config }) => config.pod !== undefined && pods.includes(config.pod);
    }
    case 'network':
      return networkFilter(engine, values);
    case 'restart-policy': {
      const unknown = values.filter((value) => !policies.includes(value));
      if (unknown.length > 0) {
        throw new SelkieError(`${unknown.join(', ')} ${unknown.length > 1 ? 'invalid restart policies' : 'invalid restart policy'}`);
      }
      return ({ config }) => values.some((value) => config.restartPolicy === (value === 'none' ? '' : value));
    }
    case 'command':
      return ({ config }) => values.some((value) => matchesExpression(config.command[0] ?? '', value));
    case 'should-start-on-boot': {
      const wanted = values.at(-1) === 'true' || values.at(-1) === '1';
      return ({ config, state }) =>
        wanted === (config.restartPolicy === 'always' || (config.restartPolicy === 'unless-stopped' && !state.stoppedByUser));
    }
    default:
      throw new SelkieError(`${key} is an invalid filter`);
  }
}

function networkFilter(engine: ContainerEngine, values: string[]): ContainerFilter {
  const networks = networksOf(engine);
  const names = values.flatMap((value) => {
    try {
      return [networks.find(value).name];
    } catch {
      return [];
    }
  });
  return ({ config }) => {
    const shared = config.network.sharedWith;
    if (shared !== undefined) {
      return values.some((value) => value.startsWith('container:') && engine.state.find(value.slice('container:'.length))?.id === shared);
    }
    return config.network.networks.some(({ name }) => names.includes(name));
  };
}

function podIds(engine: ContainerEngine, value: string): string[] {
  const pods = engine.state.documents<{ name?: string; config?: { name?: string } }>('pod');
  const exact = pods.find(({ key, value: pod }) => key === value || (pod.name ?? pod.config?.name) === value);
  if (exact !== undefined) return [exact.key];
  const matches = pods.filter(({ key }) => key.startsWith(value));
  return matches.length === 1 ? [matches[0]!.key] : [];
}

function usesVolume({ spec, namedVolumes }: Container['config'], value: string): boolean {
  const at = value.indexOf(':');
  const source = at < 0 ? value : value.slice(0, at);
  const destination = at < 0 ? '' : value.slice(at + 1);
  return (
    (spec.mounts ?? []).some((mount) =>
      destination === '' ? mount.destination === source : mount.source === source && mount.destination === destination,
    ) ||
    namedVolumes.some((volume) =>
      destination === '' ? volume.name === source : volume.name === source && volume.destination === destination,
    )
  );
}

const splitTag = (name: string): [string, string] => {
  const at = name.indexOf(':');
  return at < 0 ? ['', ''] : [name.slice(0, at), name.slice(at + 1)];
};

/** A Go regular expression, unanchored; one that is none is compared as text. */
export function matchesExpression(text: string, expression: string): boolean {
  try {
    return new RegExp(expression).test(text);
  } catch {
    return text === expression;
  }
}

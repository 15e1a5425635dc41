import { parsePointInTime } from '../config/point-in-time.ts';
import { podmanStatus } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { matchesExpression } from '../container/filters.ts';
import { networksOf } from '../container/network-request.ts';
import { SelkieError } from '../errors.ts';
import { instantOf } from '../image/instant.ts';
import { hasLabel } from '../image/label-filter.ts';
import { infraOf } from './membership.ts';
import { containersOf, type Pod, podStatus } from './pod.ts';

export type PodFilter = (pod: Pod) => boolean;

const podStates = ['stopped', 'running', 'paused', 'exited', 'dead', 'created', 'degraded'];
const containerStates = ['created', 'running', 'paused', 'stopped', 'exited', 'unknown'];

/** All must hold; of several values for one key one must, except for labels, of which all must. @throws SelkieError */
export function podFilters(engine: ContainerEngine, filters: readonly string[]): PodFilter[] {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new SelkieError(`filter input must be in the form of filter=value: ${filter} is invalid`);
    const key = filter.slice(0, at);
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(at + 1)]);
  }
  return [...groups].map(([key, values]) => podFilter(engine, key, values));
}

function podFilter(engine: ContainerEngine, key: string, values: string[]): PodFilter {
  switch (key) {
    case 'id':
      return ({ id }) => matchesId(id, values);
    case 'name':
      return ({ name }) => values.some((value) => matchesExpression(name, value));
    case 'ctr-ids':
      return (pod) => containersOf(engine, pod).some(({ id }) => matchesId(id, values));
    case 'ctr-names':
      return (pod) => containersOf(engine, pod).some(({ name }) => values.some((value) => matchesExpression(name, value)));
    case 'ctr-number':
      return (pod) => {
        const count = containersOf(engine, pod).length;
        return values.every((value) => /^[+-]?\d+$/.test(value)) && values.some((value) => Number(value) === count);
      };
    case 'ctr-status': {
      const unknown = values.find((value) => !containerStates.includes(value));
      if (unknown !== undefined) throw new SelkieError(`${unknown} is not a valid status`);
      const wanted = values.map((value) => (value === 'stopped' ? 'exited' : value));
      return (pod) =>
        containersOf(engine, pod).some(
          ({ config, state }) =>
            config.initContainerType === undefined && wanted.includes(state.status === 'stopped' ? 'exited' : podmanStatus(state.status)),
        );
    }
    case 'status': {
      const unknown = values.find((value) => !podStates.includes(value));
      if (unknown !== undefined) throw new SelkieError(`${unknown} is not a valid pod status`);
      return (pod) => values.includes(podStatus(containersOf(engine, pod)).toLowerCase());
    }
    case 'label':
      return ({ labels }) => values.every((value) => hasLabel(labels, value));
    case 'label!':
      return ({ labels }) => !values.every((value) => hasLabel(labels, value));
    case 'until': {
      if (values.length > 1) throw new SelkieError('specify exactly one timestamp for until');
      const until = parsePointInTime(values[0]!);
      return ({ created }) => instantOf(created) < until;
    }
    case 'network': {
      const networks = networksOf(engine);
      const names = values.flatMap((value) => (networks.exists(value) ? [networks.find(value).name] : []));
      return (pod) => infraOf(engine, pod)?.config.network.networks.some(({ name }) => names.includes(name)) ?? false;
    }
    default:
      throw new SelkieError(`${key} is an invalid filter`);
  }
}

const matchesId = (id: string, values: readonly string[]): boolean =>
  values.some((value) => (/^[0-9a-fA-F]+$/.test(value) ? id.startsWith(value.toLowerCase()) : matchesExpression(id, value)));

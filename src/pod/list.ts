import { podmanStatus } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { instantOf } from '../image/instant.ts';
import { podFilters } from './filters.ts';
import { infraOf } from './membership.ts';
import { containersOf, latestPod, listPods, type Pod, podStatus } from './pod.ts';

/** A pod as `pod ps` knows it: podman's ListPodsReport, key for key. */
export interface ListedPod {
  Cgroup: string;
  Containers: { Id: string; Names: string; Status: string; RestartCount: number }[];
  Created: string;
  Id: string;
  InfraId: string;
  Name: string;
  Namespace: string;
  Networks: string[];
  Status: string;
  Labels: Record<string, string>;
}

export interface ListPodsOptions {
  filters?: readonly string[];
  latest?: boolean;
  /** Column: created, id, name, number or status. */
  sort?: string;
}

/** @throws SelkieError for an invalid filter or column */
export function listPodReports(engine: ContainerEngine, options: ListPodsOptions = {}): ListedPod[] {
  const order = orders[options.sort ?? 'created'];
  const filters = podFilters(engine, options.filters ?? []);
  const pods = options.latest ? [latestPod(engine)] : listPods(engine).filter((pod) => filters.every((matches) => matches(pod)));
  if (order === undefined) throw new SelkieError('invalid option for --sort, options are: created, id, name, number, or status');
  return pods.map((pod) => listOne(engine, pod)).sort(order);
}

function listOne(engine: ContainerEngine, pod: Pod): ListedPod {
  const containers = containersOf(engine, pod);
  return {
    Cgroup: pod.cgroupParent,
    Containers: containers.map(({ id, name, state }) => ({
      Id: id,
      Names: name,
      Status: podmanStatus(state.status),
      RestartCount: state.restartCount,
    })),
    Created: pod.created,
    Id: pod.id,
    InfraId: pod.infraId,
    Name: pod.name,
    Namespace: '',
    Networks: infraOf(engine, pod)?.config.network.networks.map(({ name }) => name) ?? [],
    Status: podStatus(containers),
    Labels: pod.labels,
  };
}

type Order = (one: ListedPod, other: ListedPod) => number;

const text =
  (of: (listed: ListedPod) => string): Order =>
  (one, other) =>
    of(one) < of(other) ? -1 : of(one) > of(other) ? 1 : 0;

const orders: Record<string, Order | undefined> = {
  created: (one, other) => (instantOf(one.Created) > instantOf(other.Created) ? -1 : 1),
  id: text(({ Id }) => Id),
  name: text(({ Name }) => Name),
  number: (one, other) => one.Containers.length - other.Containers.length,
  status: text(({ Status }) => Status),
};

import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { formatInstant, instantOf, unixSeconds } from '../image/instant.ts';
import { directorySize } from '../storage/directory-size.ts';
import type { ContainerRecord } from '../storage/store.ts';
import type { Container } from './container.ts';
import { podmanStatus } from './container.ts';
import { containerRwSize } from './disk-usage.ts';
import type { ContainerEngine } from './engine.ts';
import { externalContainers, isBuildahContainer } from './external.ts';
import { type ContainerFilter, containerFilters } from './filters.ts';
import { healthStatus } from './health.ts';
import { seeState } from './sync-state.ts';

/** One container as `ps` knows it: podman's ListContainer, key for key. */
export interface ListedContainer {
  AutoRemove: boolean;
  Command: string[] | null;
  CreatedAt: string;
  CIDFile: string;
  Exited: boolean;
  ExitedAt: number;
  ExitCode: number;
  ExposedPorts: Record<string, string[]> | null;
  Id: string;
  Image: string;
  ImageID: string;
  IsInfra: boolean;
  Labels: Record<string, string> | null;
  Mounts: string[];
  Names: string[];
  Namespaces: Partial<Record<'MNT' | 'Cgroup' | 'IPC' | 'NET' | 'PIDNS' | 'UTS' | 'User', string>>;
  Networks: string[];
  Pid: number;
  Pod: string;
  PodName: string;
  Ports: { host_ip: string; container_port: number; host_port: number; range: number; protocol: string }[] | null;
  Restarts: number;
  Size: { rootFsSize: number; rwSize: number } | null;
  StartedAt: number;
  State: string;
  Status: string;
  /** RFC 3339; JSON shows seconds. */
  Created: string;
}

export interface ListOptions {
  all?: boolean;
  last?: number;
  filters?: readonly string[];
  external?: boolean;
  namespaces?: boolean;
  size?: boolean;
  pod?: boolean;
}

/** Containers, newest first. @throws SelkieError for an invalid filter */
export function listContainers(engine: ContainerEngine, options: ListOptions = {}): ListedContainer[] {
  const filters = options.filters ?? [];
  const last = options.last ?? -1;
  const tests: ContainerFilter[] = containerFilters(engine, filters);
  const all = options.all || last > 0 || filters.some((filter) => /^(status|exited|health|should-start-on-boot)=/.test(filter));
  if (!all) tests.push(({ state }) => state.status === 'running');
  let found = engine.state.list(all ? undefined : ['running']).filter((container) => {
    seeState(engine, container);
    return tests.every((test) => test(container));
  });
  if (last > 0) found = newestFirst(found, ({ config }) => config.created).slice(0, last);
  const podNames = options.pod ? podNamesOf(engine) : undefined;
  const listed = found.map((container) => listOne(engine, container, options, podNames));
  if (options.external) listed.push(...externalContainers(engine).map((record) => listExternal(engine, record, options)));
  const sorted = newestFirst(listed, ({ Created }) => Created);
  return last > 0 ? sorted.slice(0, last) : sorted;
}

/** Each time is read once: of a thousand containers the comparisons alone would take longer than the rest. */
function newestFirst<T>(items: readonly T[], created: (item: T) => string): T[] {
  const dated = items.map((item) => ({ item, instant: instantOf(created(item)) }));
  return dated.sort((one, other) => (one.instant < other.instant ? 1 : one.instant > other.instant ? -1 : 0)).map(({ item }) => item);
}

function listOne(engine: ContainerEngine, container: Container, options: ListOptions, podNames?: Map<string, string>): ListedContainer {
  const { config, state } = container;
  return {
    AutoRemove: config.autoRemove,
    Command: config.command.length > 0 ? config.command : null,
    CreatedAt: '',
    CIDFile: config.facts.cidFile,
    Exited: state.exited,
    ExitedAt: secondsOf(state.finished),
    ExitCode: state.exitCode,
    ExposedPorts: exposedPorts(config.network.exposedPorts),
    Id: config.id,
    Image: config.image.name,
    ImageID: config.image.id,
    IsInfra: config.isInfra,
    Labels: Object.keys(config.labels).length > 0 ? config.labels : null,
    Mounts: config.userVolumes,
    Names: [config.name],
    Namespaces: options.namespaces ? namespacesOf(state.pid) : {},
    Networks: config.network.networks.map(({ name }) => name),
    Pid: state.pid,
    Pod: config.pod ?? '',
    PodName: (config.pod !== undefined && podNames?.get(config.pod)) || '',
    Ports: portsOf(engine, container),
    Restarts: state.restartCount,
    Size: options.size ? sizesOf(engine, container) : null,
    StartedAt: secondsOf(state.started),
    State: podmanStatus(state.status),
    Status: healthStatus(container),
    Created: config.created,
  };
}

/** Go's zero time is a number of its own. */
const secondsOf = (text: string): number => (text.startsWith('0001-01-01') ? -62135596800 : unixSeconds(text));

function exposedPorts(ports: readonly string[]): Record<string, string[]> | null {
  if (ports.length === 0) return null;
  const exposed: Record<string, string[]> = {};
  for (const port of ports) {
    const [number = '', protocol = 'tcp'] = port.split('/');
    exposed[number] = [...(exposed[number] ?? []), protocol];
  }
  return exposed;
}

function portsOf(engine: ContainerEngine, { config }: Container): ListedContainer['Ports'] {
  const { network } = config;
  const owner = network.sharedWith === undefined ? network : (engine.state.get(network.sharedWith)?.config.network ?? network);
  if (owner.portMappings.length === 0) return null;
  return owner.portMappings.map(({ hostIp, containerPort, hostPort, range, protocol }) => ({
    host_ip: hostIp,
    container_port: containerPort,
    host_port: hostPort,
    range,
    protocol,
  }));
}

const namespaceFiles = { MNT: 'mnt', Cgroup: 'cgroup', IPC: 'ipc', NET: 'net', PIDNS: 'pid', UTS: 'uts', User: 'user' } as const;

function namespacesOf(pid: number): ListedContainer['Namespaces'] {
  const namespaces: ListedContainer['Namespaces'] = {};
  for (const [name, file] of Object.entries(namespaceFiles)) {
    try {
      const inode = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${file}`))?.[1];
      if (inode !== undefined) namespaces[name as keyof typeof namespaceFiles] = inode;
    } catch {
      // it does not run, or the kernel has no such namespace
    }
  }
  return namespaces;
}

/** Bytes of the read-write layer, and with those of the image. */
export function sizesOf(engine: ContainerEngine, container: Container): { rootFsSize: number; rwSize: number } {
  const { store } = engine;
  const { config } = container;
  if (config.rootfs !== undefined) return { rootFsSize: directorySize(config.rootfs.path), rwSize: 0 };
  const record = store.containers.find(config.id);
  if (record === undefined) return { rootFsSize: 0, rwSize: 0 };
  const rwSize = containerRwSize(engine, container);
  let rootFsSize = rwSize;
  for (let layer = store.layers.get(record.layer)?.parent; layer; layer = store.layers.get(layer)?.parent) {
    rootFsSize += store.layers.get(layer)?.diffSize ?? 0;
  }
  return { rootFsSize, rwSize };
}

function podNamesOf(engine: ContainerEngine): Map<string, string> {
  return new Map(
    engine.state
      .documents<{ name?: string; config?: { name?: string } }>('pod')
      .map(({ key, value }) => [key, value.name ?? value.config?.name ?? '']),
  );
}

function listExternal(engine: ContainerEngine, record: ContainerRecord, options: ListOptions): ListedContainer {
  const image = record.image === '' ? undefined : engine.store.images.find(record.image);
  const rwSize = options.size ? directorySize(join(engine.paths.graphRoot, engine.storeOptions.driver, record.layer, 'diff')) : 0;
  return {
    AutoRemove: false,
    Command: [isBuildahContainer(engine, record.id) ? 'buildah' : 'storage'],
    CreatedAt: '',
    CIDFile: '',
    Exited: false,
    ExitedAt: 0,
    ExitCode: 0,
    ExposedPorts: null,
    Id: record.id,
    Image: record.image === '' ? 'scratch' : (image?.names[0] ?? '<none>'),
    ImageID: record.image,
    IsInfra: false,
    Labels: null,
    Mounts: [],
    Names: [record.names[0] ?? 'unknown'],
    Namespaces: {},
    Networks: [],
    Pid: 0,
    Pod: '',
    PodName: '',
    Ports: null,
    Restarts: 0,
    Size: options.size ? { rootFsSize: 0, rwSize } : null,
    StartedAt: 0,
    State: 'storage',
    Status: '',
    Created: formatInstant(instantOf(record.created)),
  };
}

type Order = (one: ListedContainer, other: ListedContainer) => number;
const text =
  (of: (listed: ListedContainer) => string): Order =>
  (one, other) =>
    of(one) < of(other) ? -1 : of(one) > of(other) ? 1 : 0;

const orders: Record<string, Order> = {
  id: text(({ Id }) => Id),
  image: text(({ Image }) => Image),
  command: text(({ Command }) => (Command ?? []).join(' ')),
  runningfor: (one, other) => one.StartedAt - other.StartedAt,
  status: text(({ State }) => State),
  size: (one, other) => (one.Size?.rootFsSize ?? 0) - (other.Size?.rootFsSize ?? 0),
  names: text(({ Names }) => Names[0] ?? ''),
  pod: text(({ Pod }) => Pod),
};

/** Sorts by a column's name. @throws SelkieError */
export function sortListed(listed: ListedContainer[], column: string): ListedContainer[] {
  if (column.toLowerCase() === 'created') return newestFirst(listed, ({ Created }) => Created).reverse();
  const order = orders[column.toLowerCase()];
  if (order === undefined)
    throw new SelkieError(`invalid option for --sort, options are: ${[...Object.keys(orders), 'created'].join(', ')}`);
  return listed.sort(order);
}

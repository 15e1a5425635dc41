import type { Container } from '../../../container/container.ts';
import { podmanStatus } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { inspectContainer } from '../../../container/inspect.ts';
import { listContainers, sizesOf } from '../../../container/list.ts';
import { humanDuration } from '../../../image/human-duration.ts';
import { instantOf, unixSeconds } from '../../../image/instant.ts';
import type { Exchange } from '../exchange.ts';
import type { Service } from '../route.ts';
import { dockerEndpoints, dockerMounts } from './container-inspect.ts';
import { dockerState } from './docker-state.ts';

type Fields = Record<string, unknown>;

/** GET /containers/json */
export function list(exchange: Exchange, { engine }: Service): void {
  const limit = exchange.number('limit') ?? 0;
  const listed = listContainers(engine, {
    all: exchange.flag('all') || limit > 0,
    filters: exchange.filters(),
    ...(limit > 0 ? { last: limit } : {}),
  });
  const size = exchange.flag('size');
  exchange.send(
    200,
    listed.flatMap(({ Id }) => {
      const container = engine.state.get(Id);
      return container === undefined ? [] : [summary(engine, container, size)];
    }),
  );
}

function summary(engine: ContainerEngine, container: Container, size: boolean): Fields {
  const { config, state } = container;
  const inspected = inspectContainer(engine, container) as { NetworkSettings: Fields & { Ports: Ports }; Mounts: unknown };
  const sizes = size ? sizesOf(engine, container) : undefined;
  return {
    Id: config.id,
    Names: [`/${config.name}`],
    Image: config.image.name,
    ImageID: `sha256:${config.image.id}`,
    Command: config.command.join(' '),
    Created: unixSeconds(config.created),
    Ports: portsOf(inspected.NetworkSettings.Ports),
    ...(sizes ? { SizeRw: sizes.rwSize, SizeRootFs: sizes.rootFsSize } : {}),
    Labels: config.labels,
    State: dockerState(podmanStatus(state.status)),
    Status: statusText(container),
    NetworkSettings: { Networks: dockerEndpoints(inspected.NetworkSettings) },
    Mounts: dockerMounts(inspected.Mounts),
    Name: '',
    Config: null,
    NetworkingConfig: null,
    Platform: null,
    DefaultReadOnlyNonRecursive: false,
  };
}

type Ports = Record<string, { HostIp: string; HostPort: string }[] | null> | null;

function portsOf(ports: Ports): Fields[] {
  return Object.entries(ports ?? {}).flatMap(([key, bindings]) => {
    const [port = '', Type = 'tcp'] = key.split('/');
    const own = { PrivatePort: Number(port), Type };
    if (bindings === null || bindings.length === 0) return [own];
    return bindings.map(({ HostIp, HostPort }) => ({ IP: HostIp, ...own, PublicPort: Number(HostPort) }));
  });
}

function statusText({ state }: Container): string {
  const since = (text: string) => humanDuration(Date.now() - Number(instantOf(text) / 1_000_000n));
  switch (dockerState(podmanStatus(state.status))) {
    case 'created':
      return 'Created';
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finished)} ago`;
    case 'running':
      return `Up ${since(state.started)}`;
    case 'paused':
      return `Up ${since(state.started)} (Paused)`;
    case 'removing':
      return 'Removal In Progress';
    default:
      return 'Unknown';
  }
}

import { SelkieError } from '../errors.ts';
import { foreignUsers } from '../network/ipam.ts';
import { networkFilters } from '../network/network-filters.ts';
import type { NetworkStore } from '../network/network-store.ts';
import type { Network, NetworkStatusInterface } from '../network/types.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** A network cannot go while containers are in it. */
export class NetworkInUse extends SelkieError {
  constructor(readonly network: string) {
    super(`"${network}" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used`, {
      exitCode: 2,
    });
  }
}

const networkNames = (container: Container): string[] => container.config.network.networks.map(({ name }) => name);

/**
 * The names of the networks that are not to be pruned: those of our containers, those in which a container of podman has an
 * address now, and the default one.
 */
export function usedNetworks(engine: ContainerEngine, store: NetworkStore): ReadonlySet<string> {
  const containers = engine.state.list();
  const own = containers.map(({ id }) => id);
  const foreign = [...store.all().keys()].filter((name) => foreignUsers(store.paths, name, own).length > 0);
  return new Set([store.defaultName, ...containers.flatMap(networkNames), ...foreign]);
}

/** Our containers in a network that are connected now, by full ID, as `network inspect` shows them. */
export function networkMembers(
  engine: ContainerEngine,
  network: string,
): Record<string, { name: string; interfaces: Record<string, NetworkStatusInterface> }> {
  const members = engine.state.list().flatMap((container) => {
    const interfaces = container.state.networkStatus?.[network]?.interfaces;
    return interfaces === undefined ? [] : [[container.id, { name: container.name, interfaces: ordered(interfaces) }] as const];
  });
  return Object.fromEntries(members);
}

/**
 * Removes all containers from a network that is to go, by removing them.
 * @param removeContainer absent: containers are an error  @throws NetworkInUse
 */
export async function freeNetwork(
  engine: ContainerEngine,
  store: NetworkStore,
  nameOrId: string,
  removeContainer?: (container: Container) => Promise<void>,
): Promise<void> {
  const network = store.exists(nameOrId) ? store.find(nameOrId) : undefined;
  const names = [nameOrId, network?.name ?? nameOrId];
  const users = engine.state.list().filter((container) => networkNames(container).some((name) => names.includes(name)));
  if (users.length > 0 && removeContainer === undefined) throw new NetworkInUse(nameOrId);
  for (const user of users) await removeContainer!(user);
  const own = engine.state.list().map(({ id }) => id);
  if (network !== undefined && foreignUsers(store.paths, network.name, own).length > 0) throw new NetworkInUse(nameOrId);
}

/** Removes the networks that no container is in. */
export function pruneNetworks(
  engine: ContainerEngine,
  store: NetworkStore,
  filters: readonly string[],
): { removed: string[]; errors: Error[] } {
  const used = usedNetworks(engine, store);
  const matching = networkFilters(filters, () => used, true);
  const removed: string[] = [];
  const errors: Error[] = [];
  for (const network of store.all().values()) {
    if (used.has(network.name) || !matching.every((matches) => matches(network))) continue;
    try {
      store.remove(network.name);
      removed.push(network.name);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      errors.push(error);
    }
  }
  return { removed, errors };
}

/** The keys of each interface in podman's order. */
const ordered = (interfaces: Readonly<Record<string, NetworkStatusInterface>>): Record<string, NetworkStatusInterface> =>
  Object.fromEntries(
    Object.entries(interfaces).map(([name, { subnets, mac_address }]) => [
      name,
      { subnets: subnets?.map(({ ipnet, gateway }) => ({ ipnet, gateway })), mac_address },
    ]),
  );

/** Notes in the event log that a network was made or removed. */
export function noteNetwork(engine: ContainerEngine, status: 'create' | 'remove', network: Network): void {
  engine.events.writeEvent('network', status, { ID: network.id, network: network.name, Attributes: { driver: network.driver } });
}

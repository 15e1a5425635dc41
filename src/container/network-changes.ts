import { existsSync } from 'node:fs';
import { isRootless } from '../config/paths.ts';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { parseIp } from '../network/addresses.ts';
import { redirectPorts } from '../network/rootless-port.ts';
import { setupContainerNetwork, teardownContainerNetwork } from '../network/setup.ts';
import type { NetworkStatus, PerNetworkOptions } from '../network/types.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { WrongState } from './errors.ts';
import { networkContext, networkRequest, networksOf } from './network-request.ts';
import { addNetworkHostsEntries, networkHostsEntries, removeHostsEntries } from './rootfs-files/hosts.ts';
import { addNameservers, removeNameservers } from './rootfs-files/resolv-conf.ts';

/** Only containers in bridge networks can change them. */
export class NotBridged extends SelkieError {
  constructor(readonly mode: string) {
    super(`"${mode}" is not supported: invalid network mode`);
  }
}

/** A container's part in its networks cannot be changed as asked. */
export class NetworkChangeRefused extends SelkieError {}

const isUp = ({ state }: Container): boolean => ['running', 'created', 'paused'].includes(state.status);

/**
 * Puts a container into one more network, at once if it runs: netavark, /etc/hosts and resolv.conf follow.
 * @param given how the user named the container, for messages  @throws NetworkChangeRefused, NotBridged, NoSuchNetwork
 */
export async function connectContainer(
  engine: ContainerEngine,
  given: string,
  networkName: string,
  wanted: Omit<PerNetworkOptions, 'interfaceName'>,
): Promise<void> {
  const found = engine.state.lookup(given);
  await engine.locks.with(found.id, async () => {
    const container = engine.state.lookup(found.id);
    requireBridge(container);
    const network = networksOf(engine).find(networkName);
    const { networks } = container.config.network;
    if (networks.some(({ name }) => name === network.name)) {
      if (!isUp(container)) return;
      throw new NetworkChangeRefused(
        `container ${container.id} is already connected to network ${network.name}: network is already connected`,
      );
    }
    const device =
      engine.conf.containers.interface_name === 'device' && network.driver !== 'bridge' ? network.network_interface : undefined;
    const options: PerNetworkOptions = {
      ...wanted,
      aliases: [...(wanted.aliases ?? []), ...ownAliases(container)],
      interfaceName: device ?? freeInterfaceName(networks.map((one) => one.options.interfaceName)),
    };
    if (isUp(container)) await joinNow(engine, container, given, network.name, options);
    networks.push({ name: network.name, options });
    engine.state.saveConfig(container);
    engine.events.writeEvent('network', 'connect', { ID: container.id, Name: container.name, network: network.name });
  });
}

async function joinNow(engine: ContainerEngine, container: Container, given: string, network: string, options: PerNetworkOptions) {
  const { netns } = container.state;
  if (netns === '') throw new NetworkChangeRefused(`unable to connect ${given} to ${network}: container has no network namespace`);
  const status = await setupContainerNetwork(networkContext(engine), networkRequest(engine, container, netns, { [network]: options }));
  const known = networkHostsEntries(container.state.networkStatus ?? {}, hostNames(container));
  container.state.networkStatus = { ...container.state.networkStatus, ...status };
  engine.state.saveState(container);
  if (isRootless() && container.config.network.networks.length === 0) redirect(container);
  const servers = status[network]?.dns_server_ips ?? [];
  editFile(container, '/etc/resolv.conf', (path) =>
    addNameservers(
      path,
      servers.filter((server) => parseIp(server)?.bits === 32 || hasIpv6(container)),
    ),
  );
  editFile(container, '/etc/hosts', (path) => addNetworkHostsEntries(path, known, networkHostsEntries(status, hostNames(container))));
}

/** Takes a container out of a network, at once if it runs. @throws NetworkChangeRefused, NotBridged, NoSuchNetwork */
export async function disconnectContainer(engine: ContainerEngine, given: string, networkName: string): Promise<void> {
  const found = engine.state.lookup(given);
  await engine.locks.with(found.id, async () => {
    const container = engine.state.lookup(found.id);
    requireBridge(container);
    const network = networksOf(engine).find(networkName);
    const { networks } = container.config.network;
    const at = networks.findIndex(({ name }) => name === network.name);
    if (at < 0) throw new NetworkChangeRefused(`container ${given} is not connected to network ${network.name}`);
    const { options } = networks[at]!;
    if (isUp(container)) await leaveNow(engine, container, given, network.name, options);
    networks.splice(at, 1);
    engine.state.saveConfig(container);
    engine.events.writeEvent('network', 'disconnect', { ID: container.id, Name: container.name, network: network.name });
  });
}

async function leaveNow(engine: ContainerEngine, container: Container, given: string, network: string, options: PerNetworkOptions) {
  const { netns } = container.state;
  if (netns === '') throw new NetworkChangeRefused(`unable to disconnect ${given} from ${network}: container has no network namespace`);
  await teardownContainerNetwork(networkContext(engine), networkRequest(engine, container, netns, { [network]: options }));
  const { [network]: gone, ...rest } = container.state.networkStatus ?? {};
  container.state.networkStatus = rest;
  engine.state.saveState(container);
  if (isRootless() && Object.keys(rest).length > 0) redirect(container);
  if (gone === undefined) return;
  editFile(container, '/etc/resolv.conf', (path) => removeNameservers(path, gone.dns_server_ips ?? []));
  editFile(container, '/etc/hosts', (path) => removeHostsEntries(path, networkHostsEntries({ [network]: gone }, hostNames(container))));
}

/**
 * Sets a running container's networks up anew, with the addresses that it has: for when a firewall has dropped its rules.
 * @throws WrongState, NotBridged
 */
export async function reloadContainerNetwork(engine: ContainerEngine, container: Container): Promise<void> {
  await engine.locks.with(container.id, async () => {
    if (!engine.state.refresh(container) || !isUp(container)) {
      throw new WrongState('cannot reload network unless container network has been configured');
    }
    const { netns, networkStatus = {} } = container.state;
    if (netns === '') throw new WrongState(`container ${container.id} network is not configured, refusing to reload`);
    requireBridge(container);
    const request = networkRequest(engine, container, netns);
    try {
      await teardownContainerNetwork(networkContext(engine), request);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      reportError(error.message);
    }
    const networks = Object.fromEntries(
      Object.entries(request.networks).map(([name, options]) => [name, asBefore(options, networkStatus[name])]),
    );
    container.state.networkStatus = await setupContainerNetwork(networkContext(engine), { ...request, networks });
    engine.state.saveState(container);
  });
}

function asBefore(options: PerNetworkOptions, block: NetworkStatus[string] | undefined): PerNetworkOptions {
  const first = Object.entries(block?.interfaces ?? {})[0];
  if (first === undefined) return options;
  const [interfaceName, { mac_address, subnets }] = first;
  return { ...options, interfaceName, staticMac: mac_address, staticIps: (subnets ?? []).map(({ ipnet }) => ipnet.split('/')[0]!) };
}

function requireBridge({ config }: Container): void {
  const { mode } = config.network;
  // podman keeps the mode only of networks that it sets up itself.
  if (mode !== 'bridge') throw new NotBridged(/^(pasta|slirp4netns)/.test(mode) ? mode : '');
}

function ownAliases({ config }: Container): string[] {
  const short = config.id.slice(0, 12);
  return config.hostname === '' || config.hostname === short ? [short] : [short, config.hostname];
}

function freeInterfaceName(taken: readonly string[]): string {
  for (let number = 0; ; number++) if (!taken.includes(`eth${number}`)) return `eth${number}`;
}

const hostNames = ({ config, name }: Container): string[] => [config.hostname || config.id.slice(0, 12), name];

const hasIpv6 = ({ state }: Container): boolean =>
  Object.values(state.networkStatus ?? {}).some(({ interfaces }) =>
    Object.values(interfaces ?? {}).some(({ subnets }) => subnets?.some(({ ipnet }) => ipnet.includes(':'))),
  );

function editFile({ state }: Container, destination: string, edit: (path: string) => void): void {
  const path = state.bindMounts[destination];
  if (path !== undefined && existsSync(path)) edit(path);
}

function redirect(container: Container): void {
  if (container.config.network.portMappings.length > 0) redirectPorts(container.id, container.state.networkStatus ?? {});
}

import type { NetworkStore } from '../network/network-store.ts';
import type { NetworkRequest } from '../network/setup.ts';
import type { PerNetworkOptions } from '../network/types.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** The networks of an engine. */
export function networksOf(engine: ContainerEngine): NetworkStore {
  const { openNetworks } = require('../network/setup.ts') as typeof import('../network/setup.ts');
  return openNetworks(networkContext(engine));
}

export const networkContext = (engine: ContainerEngine) => ({
  paths: engine.paths,
  conf: engine.conf,
  networkConfigDir: engine.globals.networkConfigDir,
});

/** What netavark is told of a container; for some of its networks where `networks` is given. */
export function networkRequest(
  engine: ContainerEngine,
  container: Container,
  netnsPath: string,
  networks?: Record<string, PerNetworkOptions>,
): NetworkRequest {
  const { network, hostname } = container.config;
  return {
    containerId: container.id,
    containerName: container.name,
    hostname: hostname || container.id.slice(0, 12),
    netnsPath,
    networks: networks ?? Object.fromEntries(network.networks.map(({ name, options }) => [name, options])),
    portMappings: network.portMappings,
    dnsServers: [...engine.conf.containers.dns_servers, ...network.dnsServers],
  };
}

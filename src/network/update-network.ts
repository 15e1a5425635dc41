import { parseIp } from './addresses.ts';
import { InvalidNetwork } from './errors.ts';
import { runNetavark, updateCall } from './netavark.ts';
import type { NetworkStore } from './network-store.ts';
import { netavarkContext } from './setup.ts';

/** Changes a network's DNS servers, for running containers too. @throws InvalidNetwork, NoSuchNetwork, NetavarkError */
export async function updateNetwork(store: NetworkStore, name: string, add: readonly string[], drop: readonly string[]): Promise<void> {
  const changed = store.locked(() => {
    const network = store.find(name);
    checkAddresses(add, 'AddDNSServer');
    checkAddresses(drop, 'RemoveDNSServer');
    const before = network.network_dns_servers ?? [];
    const after = [...new Set([...before.filter((server) => !drop.includes(server)), ...add])];
    if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
    network.network_dns_servers = after;
    store.save(network);
    return network;
  });
  if (changed !== undefined) await runNetavark(updateCall(netavarkContext(store), changed.name, changed.network_dns_servers ?? []));
}

function checkAddresses(servers: readonly string[], where: string): void {
  const wrong = servers.find((server) => parseIp(server) === undefined);
  if (wrong !== undefined) throw new InvalidNetwork(`unable to parse ip ${wrong} specified in ${where}: invalid argument`);
}

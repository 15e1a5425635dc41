import { networkInterfaces } from 'node:os';
import { parseIp } from './addresses.ts';
import { NoSuchNetwork } from './errors.ts';
import type { NetworkStore } from './network-store.ts';
import { rootlessNetnsInfo } from './rootless-netns.ts';
import { usesRootlessNetns } from './setup.ts';
import type { NetworkStatus } from './types.ts';
import type { UserModeNetwork } from './user-mode.ts';

/**
 * The address under which a container reaches its host (`host.containers.internal`); '' where there is none.
 * @param userMode the container's own pasta or slirp4netns; bridged rootless containers have that of the shared namespace
 */
export function hostContainersInternalIp(store: NetworkStore, status: NetworkStatus | undefined, userMode?: UserModeNetwork): string {
  const configured = store.conf.containers.host_containers_internal_ip;
  if (configured !== '') return configured === 'none' ? '' : configured;
  const connection = userMode ?? (usesRootlessNetns() && status !== undefined ? rootlessNetnsInfo(store) : undefined);
  if (connection?.mapGuestIps[0] !== undefined) return connection.mapGuestIps[0];
  const gateway = usesRootlessNetns() ? undefined : bridgeGateway(store, status ?? {});
  return gateway ?? localAddress(connection?.ipAddresses ?? []);
}

function bridgeGateway(store: NetworkStore, status: NetworkStatus): string | undefined {
  const gateways = Object.entries(status)
    .filter(([name]) => isBridge(store, name))
    .flatMap(([, block]) => Object.values(block.interfaces ?? {}))
    .flatMap(({ subnets }) => (subnets ?? []).flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway])));
  return gateways.find((gateway) => parseIp(gateway)?.bits === 32) ?? gateways.at(-1);
}

function isBridge(store: NetworkStore, name: string): boolean {
  try {
    return store.find(name).driver === 'bridge';
  } catch (error) {
    if (error instanceof NoSuchNetwork) return false;
    throw error;
  }
}

function localAddress(exclude: readonly string[]): string {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe[89ab]|169\.254\.)/i.test(address) && !exclude.includes(address))
    .map(({ address }) => address);
  return addresses.find((address) => parseIp(address)?.bits === 32) ?? addresses.at(-1) ?? '';
}

/** Name servers for the resolv.conf of a container: aardvark-dns' where its networks have it, else the user-mode network's. */
export function networkNameServers(store: NetworkStore, status: NetworkStatus | undefined, userMode?: UserModeNetwork): string[] {
  const served = Object.values(status ?? {}).flatMap(({ dns_server_ips }) => dns_server_ips ?? []);
  if (served.length > 0) return served;
  const connection = userMode ?? (usesRootlessNetns() && status !== undefined ? rootlessNetnsInfo(store) : undefined);
  return connection?.dnsForwardIps ?? [];
}

/** Search domains that a container's networks bring. */
export const networkSearchDomains = (status: NetworkStatus | undefined): string[] =>
  Object.values(status ?? {}).flatMap(({ dns_search_domains }) => dns_search_domains ?? []);

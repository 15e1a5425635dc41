import { writeFileSync } from 'node:fs';
import type { UserModeNetwork } from '../../network/user-mode.ts';
import type { Container } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import { networkRequestContext } from '../network-request-context.ts';
import { addHostsEntries, type HostsEntry, hostGateway, hostsText, networkHostsEntries, removeHostsEntries } from './hosts.ts';
import { networkOwner } from './place.ts';
import { resolvConfText } from './resolv-conf.ts';
import { Rootfs } from './rootfs.ts';

/**
 * Fills hosts and resolv.conf, which are bound into the container already, once its network is known
 * (`container.state.networkStatus`). Must be done before the process starts. The inodes stay.
 */
export function writeNetworkFiles(engine: ContainerEngine, container: Container, rootfsPath: string, userMode?: UserModeNetwork): void {
  const { config, state } = container;
  const { network } = config;
  const hosts = state.bindMounts['/etc/hosts'];
  const resolvConf = state.bindMounts['/etc/resolv.conf'];
  if (network.sharedWith !== undefined) {
    if (hosts !== undefined && networkOwner(engine, network.sharedWith)) addHostsEntries(hosts, [localEntry(container)]);
    return;
  }
  if (hosts !== undefined) {
    using rootfs = new Rootfs(rootfsPath);
    const text = hostsText({
      base: network.baseHostsFile ?? engine.conf.containers.base_hosts_file,
      rootfs,
      added: network.addedHosts,
      own: ownEntries(container, userMode),
      gateway: usesNetworks(container, userMode)
        ? networkRequestContext(engine).hostAddress(state.networkStatus, userMode)
        : hostGateway(engine.conf.containers.host_containers_internal_ip),
    });
    writeFileSync(hosts, text);
  }
  if (resolvConf !== undefined) writeFileSync(resolvConf, resolvConfOf(engine, container, userMode));
}

/** Without a network of ours (host, none, a path) there is nothing to ask the network subsystem, and it need not be loaded. */
const usesNetworks = ({ config }: Container, userMode: UserModeNetwork | undefined): boolean =>
  config.network.mode === 'bridge' || userMode !== undefined;

/** Takes the name of a container that has ended out of the file that it shared with others of its pod. */
export function leaveSharedHosts({ config, state }: Container): void {
  const hosts = state.bindMounts['/etc/hosts'];
  if (config.network.sharedWith === undefined || hosts === undefined) return;
  try {
    removeHostsEntries(hosts, [{ ip: '127.0.0.1', names: [config.name] }]);
  } catch (error) {
    // The file goes with the container that had it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function localEntry({ config }: Container): HostsEntry {
  return { ip: '127.0.0.1', names: [config.hostname, config.name] };
}

function ownEntries(container: Container, userMode: UserModeNetwork | undefined): HostsEntry[] {
  const { config, state } = container;
  const names = [config.hostname, config.name];
  switch (config.network.mode) {
    case 'bridge':
      return networkHostsEntries(state.networkStatus ?? {}, names);
    case 'pasta':
    case 'slirp4netns':
      return userMode?.ipAddresses[0] === undefined ? [] : [{ ip: userMode.ipAddresses[0], names }];
    case 'none':
      return [localEntry(container)];
    default:
      return [];
  }
}

function resolvConfOf(engine: ContainerEngine, container: Container, userMode: UserModeNetwork | undefined): string {
  const { config, state } = container;
  const { network } = config;
  const { containers } = engine.conf;
  const context = usesNetworks(container, userMode) ? networkRequestContext(engine) : undefined;
  const served = Object.values(state.networkStatus ?? {}).flatMap(({ dns_server_ips }) => dns_server_ips ?? []);
  const custom = served.length > 0 ? [] : [...containers.dns_servers, ...network.dnsServers];
  const nameservers = custom.length > 0 ? custom : (context?.nameServers(state.networkStatus, userMode) ?? []);
  const search = [...containers.dns_searches, ...network.dnsSearch];
  return resolvConfText({
    hostNetwork: network.mode === 'host',
    ...(state.netns ? { netns: state.netns } : {}),
    ipv6: hasIpv6(state.networkStatus) || (userMode?.ipv6 ?? false),
    nameservers,
    keepHostServers: custom.length === 0 && served.length === 0,
    searches: search.length > 0 ? search : (context?.searchDomains(state.networkStatus) ?? []),
    keepHostSearches: search.length === 0,
    options: [...containers.dns_options, ...network.dnsOptions],
  });
}

function hasIpv6(status: Container['state']['networkStatus']): boolean {
  return Object.values(status ?? {}).some((network) =>
    Object.values(network.interfaces ?? {}).some(({ subnets }) => (subnets ?? []).some(({ ipnet }) => ipnet.includes(':'))),
  );
}

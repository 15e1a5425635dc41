import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { contains, firstHost, formatCidr, formatIp, intersects, networkOf, parseCidr, parseIp } from './addresses.ts';
import { InvalidNetwork, invalidName, NetworkExists, namePattern } from './errors.ts';
import { goTime } from './go-time.ts';
import { liveInterfaceNames } from './live-interfaces.ts';
import { completeOptions } from './network-options.ts';
import type { NetworkStore } from './network-store.ts';
import { freeSubnets, usedSubnets } from './subnets.ts';
import type { Network, Subnet } from './types.ts';

/** A network as it is asked for; what is left out is chosen. */
export interface NetworkWish {
  name?: string;
  driver?: string;
  networkInterface?: string;
  subnets?: Subnet[];
  routes?: { destination: string; gateway: string; metric?: number }[];
  ipv6?: boolean;
  internal?: boolean;
  dns?: boolean;
  dnsServers?: string[];
  labels?: Record<string, string>;
  options?: Record<string, string>;
  ipamDriver?: string;
}

const modeWords = ['none', 'host', 'bridge', 'private', 'slirp4netns', 'pasta', 'container', 'ns', 'default'];

/**
 * Makes a network: checks the wish, chooses what it leaves open and writes the file.
 * @param ignoreExisting gives the network of that name where there is one
 * @throws InvalidNetwork, NetworkExists with podman's texts
 */
export function createNetwork(store: NetworkStore, wish: NetworkWish, ignoreExisting = false): { network: Network; created: boolean } {
  if (wish.name !== undefined && modeWords.includes(wish.name)) {
    throw new InvalidNetwork(`cannot create network with name "${wish.name}" because it conflicts with a valid network mode`);
  }
  return store.locked(() => {
    const known = store.all();
    const existing = wish.name === undefined ? undefined : known.get(wish.name);
    if (existing !== undefined && ignoreExisting) return { network: existing, created: false };
    const network = draft(wish, known);
    if (network.driver === 'bridge') completeBridge(store, network, known);
    else if (network.driver === 'macvlan' || network.driver === 'ipvlan') completeVlan(network);
    else Object.assign(network, askPlugin(store, network));
    finish(network);
    store.save(network);
    return { network, created: true };
  });
}

function draft(wish: NetworkWish, known: ReadonlyMap<string, Network>): Network {
  const driver = wish.driver || 'bridge';
  let { name, networkInterface } = wish;
  if (name === undefined || name === '') {
    name = freeDeviceName(known);
    if (driver === 'bridge') networkInterface ||= name;
  } else if (!namePattern.test(name)) {
    throw new InvalidNetwork(`network name ${name} invalid: ${invalidName}`);
  } else if (known.has(name)) {
    throw new NetworkExists(name);
  }
  if (networkInterface) checkInterfaceName(networkInterface);
  const ipam = wish.ipamDriver;
  checkIpamDriver(ipam, wish.subnets ?? []);
  return {
    name,
    id: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex'),
    driver,
    network_interface: networkInterface || undefined,
    created: '',
    subnets: wish.subnets?.map((subnet) => ({ ...subnet })),
    routes: wish.routes,
    ipv6_enabled: wish.ipv6 ?? false,
    internal: wish.internal ?? false,
    dns_enabled: wish.dns ?? true,
    network_dns_servers: wish.dnsServers,
    labels: wish.labels ?? {},
    options: { ...wish.options },
    ipam_options: ipam === undefined ? {} : { driver: ipam },
  };
}

function checkInterfaceName(name: string): void {
  const complain = (reason: string): never => {
    throw new InvalidNetwork(`network interface name ${name} invalid: ${reason}: invalid argument`);
  };
  if (Buffer.byteLength(name) > 15) complain('interface name is too long: interface names must be 15 characters or less');
  if (name === '.' || name === '..') complain('interface name is . or ..');
  if (/[/:\s]/.test(name)) complain('interface name contains / or : or whitespace characters');
}

function checkIpamDriver(driver: string | undefined, subnets: readonly Subnet[]): void {
  if (driver === 'none' && subnets.length > 0) throw new InvalidNetwork('none ipam driver is set but subnets are given');
  if (!['', 'host-local', 'dhcp', 'none'].includes(driver ?? '')) throw new InvalidNetwork(`unsupported ipam driver "${driver}"`);
}

function freeDeviceName(known: ReadonlyMap<string, Network>): string {
  const taken = new Set([...known.keys(), ...bridgeNames(known), ...liveInterfaceNames()]);
  for (let number = 1; number < 1_000_000; number++) if (!taken.has(`podman${number}`)) return `podman${number}`;
  throw new InvalidNetwork('could not find free device name, to many iterations');
}

const bridgeNames = (known: ReadonlyMap<string, Network>): string[] =>
  [...known.values()].filter(({ driver }) => driver === 'bridge').map((network) => network.network_interface ?? '');

function completeBridge(store: NetworkStore, network: Network, known: ReadonlyMap<string, Network>): void {
  const { sharesBridge, sharesSubnets } = completeOptions(network);
  const used = sharesSubnets ? [] : usedSubnets(known);
  if (network.network_interface === undefined) {
    network.network_interface = freeDeviceName(known);
  } else {
    if (!sharesBridge && bridgeNames(known).includes(network.network_interface)) {
      throw new InvalidNetwork(`bridge name ${network.network_interface} already in use`);
    }
    if (!namePattern.test(network.network_interface)) {
      throw new InvalidNetwork(`bridge name ${network.network_interface} invalid: ${invalidName}`);
    }
  }
  const ipam = network.ipam_options!['driver'] ?? '';
  if (ipam === '' || ipam === 'host-local') {
    network.subnets = [...(network.subnets ?? []), ...freeSubnets(network, used, store.conf.network.default_subnet_pools)];
    network.ipam_options!['driver'] = 'host-local';
  }
  checkUnused(network, used);
}

function checkUnused(network: Network, used: ReturnType<typeof usedSubnets>): void {
  for (const { subnet } of network.subnets ?? []) {
    const cidr = networkOf(parseSubnet(subnet));
    if (used.some((other) => intersects(cidr, other))) {
      throw new InvalidNetwork(`subnet ${formatCidr(cidr)} is already used on the host or by another config`);
    }
  }
}

function parseSubnet(text: string) {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new InvalidNetwork(`invalid CIDR address: ${text}`);
  return cidr;
}

function completeVlan(network: Network): void {
  const { driver, network_interface: parent } = network;
  if (parent !== undefined && !liveInterfaceNames().includes(parent)) {
    throw new InvalidNetwork(`parent interface ${parent} does not exist`);
  }
  network.dns_enabled = false;
  const noDhcp = 'ipam driver dhcp is not supported with ipvlan';
  const subnets = network.subnets?.length ?? 0;
  switch (network.ipam_options!['driver'] ?? '') {
    case '':
      network.ipam_options!['driver'] = subnets === 0 ? 'dhcp' : 'host-local';
      if (subnets === 0 && driver === 'ipvlan') throw new InvalidNetwork(noDhcp);
      break;
    case 'host-local':
      if (subnets === 0)
        throw new InvalidNetwork(`${driver} driver needs at least one subnet specified when the host-local ipam driver is set`);
      break;
    case 'dhcp':
      if (driver === 'ipvlan') throw new InvalidNetwork(noDhcp);
      if (subnets > 0) throw new InvalidNetwork('ipam driver dhcp set but subnets are set');
  }
  completeOptions(network);
}

/** Drivers that netavark's plugins bring. */
export function pluginDrivers(store: NetworkStore): string[] {
  const names = store.conf.network.netavark_plugin_dirs.flatMap((directory) => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  });
  return [...new Set(names)];
}

function askPlugin(store: NetworkStore, network: Network): Network {
  const path = store.conf.network.netavark_plugin_dirs.map((directory) => join(directory, network.driver)).find((file) => existsSync(file));
  if (path === undefined) throw new InvalidNetwork(`failed to find driver or plugin "${network.driver}"`);
  const { exitCode, stdout } = Bun.spawnSync([path, 'create'], { stdin: Buffer.from(`${JSON.stringify(network)}\n`), stderr: 'inherit' });
  const answer = JSON.parse(stdout.toString() || '{}') as Network & { error?: string };
  if (exitCode !== 0) throw new InvalidNetwork(`plugin ${path} failed: netavark: ${answer.error ?? `exited with status ${exitCode}`}`);
  const changed = (['name', 'id', 'driver'] as const).find((key) => answer[key] !== network[key]);
  if (changed !== undefined) {
    throw new InvalidNetwork(`invalid plugin result: changed network ${changed === 'id' ? 'ID' : changed}`);
  }
  return answer;
}

function finish(network: Network): void {
  if (network.ipam_options?.['driver'] === 'none') network.dns_enabled = false;
  const servers = network.network_dns_servers ?? [];
  if (servers.length > 0 && !network.dns_enabled) {
    throw new InvalidNetwork('cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument');
  }
  const wrong = servers.find((server) => parseIp(server) === undefined);
  if (wrong !== undefined) throw new InvalidNetwork(`unable to parse ip ${wrong} specified in NetworkDNSServers: invalid argument`);
  const addGateway = !network.internal || network.dns_enabled;
  network.subnets = network.subnets?.map((subnet) => completeSubnet(network, subnet, addGateway));
  for (const { destination } of network.routes ?? []) {
    const cidr = parseSubnet(destination);
    if (cidr.address.value !== networkOf(cidr).address.value) throw new InvalidNetwork('route destination invalid');
  }
  network.created = goTime();
}

function completeSubnet(network: Network, subnet: Subnet, addGateway: boolean): Subnet {
  const cidr = networkOf(parseSubnet(subnet.subnet));
  const text = formatCidr(cidr);
  if (cidr.address.bits === 128) network.ipv6_enabled = true;
  const within = (address: string, complaint: string): string => {
    const parsed = parseIp(address);
    if (parsed === undefined || !contains(cidr, parsed)) throw new InvalidNetwork(`${complaint} ${address} not in subnet ${text}`);
    return formatIp(parsed);
  };
  const completed: Subnet = { subnet: text };
  if (subnet.gateway !== undefined) completed.gateway = within(subnet.gateway, 'gateway');
  else if (addGateway) completed.gateway = formatIp(firstHost(cidr));
  const range = subnet.lease_range;
  if (range !== undefined) {
    completed.lease_range = {
      ...(range.start_ip === undefined ? {} : { start_ip: within(range.start_ip, 'lease range start ip') }),
      ...(range.end_ip === undefined ? {} : { end_ip: within(range.end_ip, 'lease range end ip') }),
    };
  }
  return completed;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contains, firstHost, formatIp, type IpAddress, ipBytes, lastAddress, next, parseCidr, parseIp } from './addresses.ts';
import { type Bucket, updateBoltFile } from './bolt-file.ts';
import { InvalidNetwork, IpamError, NoSuchNetwork } from './errors.ts';
import type { Network, NetworkPaths, PerNetworkOptions, Subnet } from './types.ts';

const IDS = 'ids';
const LAST = 'lastIP';

const database = (paths: NetworkPaths): string => join(paths.runDir, 'ipam.db');
const key = (address: IpAddress): string => Buffer.from(ipBytes(address)).toString('latin1');
const text = (value: string): Uint8Array => Buffer.from(value);

/** Whether selkie and podman hand out this network's addresses, rather than DHCP or nobody. */
export function hasOwnAddresses(network: Network): boolean {
  const driver = network.ipam_options?.['driver'] ?? '';
  return (driver === '' || driver === 'host-local') && (network.subnets?.length ?? 0) > 0;
}

/**
 * Allots a container's addresses in each of its networks, in the database that podman uses too, so that neither gives what the
 * other has given. Either all are allotted or none.
 * @returns the options with `staticIps` filled in  @throws IpamError
 */
export function allocateAddresses(
  paths: NetworkPaths,
  networks: ReadonlyMap<string, Network>,
  containerId: string,
  wanted: Readonly<Record<string, PerNetworkOptions>>,
): Record<string, PerNetworkOptions> {
  const given: Record<string, PerNetworkOptions> = { ...wanted };
  if (!Object.keys(wanted).some((name) => hasOwnAddresses(lookUp(networks, name)))) return given;
  updateBoltFile(database(paths), (root) => {
    for (const [name, options] of Object.entries(wanted)) {
      const network = lookUp(networks, name);
      if (!hasOwnAddresses(network)) continue;
      const bucket = nested(root, name);
      // What it still has is left of a start that was killed.
      giveBack(root, bucket, name, containerId);
      const addresses = network.subnets!.map((subnet) => allocateIn(nested(bucket, subnet.subnet), subnet, containerId, options.staticIps));
      nested(bucket, IDS).set(containerId, text(JSON.stringify(addresses.map(formatIp))));
      given[name] = { ...options, staticIps: addresses.map(formatIp) };
    }
    return true;
  });
  return given;
}

function lookUp(networks: ReadonlyMap<string, Network>, name: string): Network {
  const network = networks.get(name);
  if (network === undefined) throw new NoSuchNetwork(name);
  return network;
}

function nested(bucket: Bucket, name: string): Bucket {
  const found = bucket.get(name);
  if (found instanceof Map) return found;
  const made: Bucket = new Map();
  bucket.set(name, made);
  return made;
}

function allocateIn(bucket: Bucket, subnet: Subnet, containerId: string, staticIps: readonly string[] = []): IpAddress {
  const cidr = parseCidr(subnet.subnet)!;
  const fixed = staticIps.map(parseIp).find((address) => address !== undefined && contains(cidr, address));
  const address = fixed ?? freeAddress(bucket, subnet);
  if (fixed !== undefined) {
    const owner = bucket.get(key(fixed));
    if (owner !== undefined) {
      throw new IpamError(
        `requested ip address ${formatIp(fixed)} is already allocated to container ID ${Buffer.from(owner as Uint8Array)}`,
      );
    }
  } else {
    bucket.set(LAST, ipBytes(address));
  }
  bucket.set(key(address), text(containerId));
  return address;
}

/** The next free address after the last one given, around the lease range. */
function freeAddress(bucket: Bucket, subnet: Subnet): IpAddress {
  const { start, end } = leaseRange(subnet);
  const gateway = subnet.gateway === undefined ? undefined : parseIp(subnet.gateway)?.value;
  const last = bucket.get(LAST);
  const size = end.value - start.value + 1n;
  let current = start;
  if (last instanceof Uint8Array && last.length > 0) current = next({ ...start, value: BigInt(`0x${Buffer.from(last).toString('hex')}`) });
  if (current.value < start.value || current.value > end.value) current = start;
  for (let tried = 0n; tried < size && tried < 1n << 17n; tried++) {
    if (current.value !== gateway && !bucket.has(key(current))) return current;
    current = current.value === end.value ? start : next(current);
  }
  throw new IpamError(`failed to find free IP in range: ${formatIp(start)} - ${formatIp(end)}`);
}

function leaseRange(subnet: Subnet): { start: IpAddress; end: IpAddress } {
  const cidr = parseCidr(subnet.subnet)!;
  const lowest = firstHost(cidr);
  const highest = lastAddress(cidr);
  const wantedStart = subnet.lease_range?.start_ip === undefined ? undefined : parseIp(subnet.lease_range.start_ip);
  const wantedEnd = subnet.lease_range?.end_ip === undefined ? undefined : parseIp(subnet.lease_range.end_ip);
  const start = wantedStart === undefined || wantedStart.value < lowest.value ? lowest : wantedStart;
  const end = wantedEnd ?? highest;
  // The last address of an IPv4 network is for broadcasts.
  return { start, end: end.bits === 32 && end.value === highest.value ? next(end, -1n) : end };
}

/** The addresses that a container has been given, by network; networks in which it has none are left out. */
export function assignedAddresses(paths: NetworkPaths, containerId: string, names: readonly string[]): Record<string, string[]> {
  const assigned: Record<string, string[]> = {};
  if (!existsSync(database(paths))) return assigned;
  updateBoltFile(database(paths), (root) => {
    for (const name of names) {
      const addresses = addressesOf(root, name, containerId);
      if (addresses !== undefined) assigned[name] = addresses;
    }
    return false;
  });
  return assigned;
}

function addressesOf(root: Bucket, name: string, containerId: string): string[] | undefined {
  const bucket = root.get(name);
  const ids = bucket instanceof Map ? bucket.get(IDS) : undefined;
  const stored = ids instanceof Map ? ids.get(containerId) : undefined;
  return stored instanceof Uint8Array ? (JSON.parse(Buffer.from(stored).toString()) as string[]) : undefined;
}

/** Gives a container's addresses back. Repeatable: what is free already stays free. */
export function releaseAddresses(paths: NetworkPaths, containerId: string, names: readonly string[]): void {
  if (!existsSync(database(paths))) return;
  updateBoltFile(database(paths), (root) => {
    let changed = false;
    for (const name of names) {
      const bucket = root.get(name);
      if (bucket instanceof Map) changed = giveBack(root, bucket, name, containerId) || changed;
    }
    return changed;
  });
}

function giveBack(root: Bucket, bucket: Bucket, name: string, containerId: string): boolean {
  let changed = false;
  for (const address of addressesOf(root, name, containerId) ?? []) {
    const parsed = parseIp(address);
    for (const inner of bucket.values()) {
      if (parsed && inner instanceof Map && isOwnedBy(inner, key(parsed), containerId)) changed = inner.delete(key(parsed)) || changed;
    }
  }
  const ids = bucket.get(IDS);
  return (ids instanceof Map && ids.delete(containerId)) || changed;
}

function isOwnedBy(bucket: Bucket, address: string, containerId: string): boolean {
  const owner = bucket.get(address);
  return owner instanceof Uint8Array && Buffer.from(owner).toString() === containerId;
}

/** IDs of containers other than `own` that have addresses in a network: those of the other tool on this host. */
export function foreignUsers(paths: NetworkPaths, name: string, own: readonly string[]): string[] {
  let users: string[] = [];
  if (!existsSync(database(paths))) return users;
  updateBoltFile(database(paths), (root) => {
    const bucket = root.get(name);
    const ids = bucket instanceof Map ? bucket.get(IDS) : undefined;
    if (ids instanceof Map) users = [...ids.keys()].filter((id) => !own.includes(id));
    return false;
  });
  return users;
}

/** Forgets all addresses of a network. */
export function removeNetworkAddresses(paths: NetworkPaths, network: Network): void {
  if (!hasOwnAddresses(network) || !existsSync(database(paths))) return;
  updateBoltFile(database(paths), (root) => root.delete(network.name));
}

/** Checks that wished-for addresses lie in the network. @throws InvalidNetwork */
export function checkStaticAddresses(network: Network, options: PerNetworkOptions): void {
  if (options.interfaceName === '') throw new InvalidNetwork(`interface name on network ${network.name} is empty`);
  if (network.ipam_options?.['driver'] !== 'host-local') return;
  for (const text of options.staticIps ?? []) {
    const address = parseIp(text);
    if (address !== undefined && network.subnets?.some(({ subnet }) => contains(parseCidr(subnet)!, address))) continue;
    throw new InvalidNetwork(`requested static ip ${text} not in any subnet on network ${network.name}`);
  }
}

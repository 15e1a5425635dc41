import { type Cidr, contains, formatCidr, intersects, networkOf, nextNetwork, parseCidr } from './addresses.ts';
import { InvalidNetwork } from './errors.ts';
import { liveSubnets } from './live-interfaces.ts';
import type { Network, Subnet } from './types.ts';

/** The subnets of all networks and of this host's interfaces. */
export function usedSubnets(known: ReadonlyMap<string, Network>): Cidr[] {
  const configured = [...known.values()].flatMap(({ subnets }) => subnets ?? []).map(({ subnet }) => networkOf(parseCidr(subnet)!));
  return [...configured, ...liveSubnets()];
}

/** The subnets that a bridge network still lacks: an IPv4 one if it has none, and with IPv6 one of each family. */
export function freeSubnets(network: Network, used: readonly Cidr[], pools: readonly { base: string; size: number }[]): Subnet[] {
  const families = (network.subnets ?? []).map(({ subnet }) => parseCidr(subnet)?.address.bits);
  const wantsV4 = families.length === 0 || (network.ipv6_enabled && !families.includes(32));
  const wantsV6 = network.ipv6_enabled && !families.includes(128);
  return [...(wantsV4 ? [freeV4Subnet(used, pools)] : []), ...(wantsV6 ? [freeV6Subnet(used)] : [])];
}

function freeV4Subnet(used: readonly Cidr[], pools: readonly { base: string; size: number }[]): Subnet {
  for (const pool of pools) {
    const base = parseCidr(pool.base)!;
    let candidate: Cidr | undefined = { address: networkOf(base).address, prefix: pool.size };
    while (candidate !== undefined && contains(base, candidate.address)) {
      const current: Cidr = candidate;
      if (!used.some((other) => intersects(current, other))) return { subnet: formatCidr(current) };
      candidate = nextNetwork(current);
    }
  }
  throw new InvalidNetwork('could not find free subnet from subnet pools');
}

/** A random one of the unique local networks (RFC 4193). */
function freeV6Subnet(used: readonly Cidr[]): Subnet {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(7))).toString('hex');
    const candidate: Cidr = { address: { bits: 128, value: BigInt(`0xfd${random}`) << 64n }, prefix: 64 };
    if (!used.some((other) => intersects(candidate, other))) return { subnet: formatCidr(candidate) };
  }
  throw new InvalidNetwork('failed to get random ipv6 subnet');
}

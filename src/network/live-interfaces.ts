import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type Cidr, formatIp, networkOf, parseCidr } from './addresses.ts';
import { readInNamespace } from './other-namespace.ts';

/** The names of this host's interfaces. */
export function liveInterfaceNames(): string[] {
  try {
    return readdirSync('/sys/class/net').filter((name) => name !== 'bonding_masters');
  } catch {
    return Object.keys(networkInterfaces());
  }
}

/** The networks that this host's interfaces have addresses in. */
export function liveSubnets(): Cidr[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr }) => {
      const parsed = cidr === null ? undefined : parseCidr(cidr.replace(/%[^/]*/, ''));
      return parsed === undefined ? [] : [networkOf(parsed)];
    }),
  );
}

/** The addresses of a network namespace that others can reach: neither loopback nor link-local IPv6. */
export function namespaceAddresses(netnsPath: string): string[] {
  return parseAddressTables(readInNamespace(netnsPath, ['/proc/net/fib_trie', '/proc/net/if_inet6']));
}

/** Addresses from the texts of /proc/net/fib_trie and /proc/net/if_inet6. */
export function parseAddressTables(text: string): string[] {
  const v4 = [...text.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].map((match) => match[1]!);
  // address, interface number, prefix length, scope (00 global), flags, interface
  const v6 = [...text.matchAll(/^([0-9a-f]{32}) [0-9a-f]{2} [0-9a-f]{2} 00 [0-9a-f]{2}\s+\S+$/gm)].map((match) =>
    formatIp({ bits: 128, value: BigInt(`0x${match[1]}`) }),
  );
  return [...new Set([...v4.filter((address) => !address.startsWith('127.')), ...v6])];
}

import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type Cidr, networkOf, parseCidr, parseIp } from './addresses.ts';

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

/** The addresses, other than loopback and link-local IPv6, that the calling thread's network namespace has now. */
export function usableAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? [])
      .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address) && parseIp(address) !== undefined)
      .map(({ address }) => address),
  );
}

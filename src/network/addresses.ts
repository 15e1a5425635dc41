/** An IP address as a number; IPv4 addresses mapped into IPv6 are IPv4 here, as in Go's net package. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A network in CIDR notation: the address as given and the length of the prefix. */
export interface Cidr {
  readonly address: IpAddress;
  readonly prefix: number;
}

const v4Pattern = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const MAPPED = 0xffffn << 32n;

/** Parses an address; undefined for anything else. Octets with leading zeros are refused. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(':')) return parseIp6(text);
  const octets = v4Pattern.exec(text)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return undefined;
  return { bits: 32, value: octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n) };
}

function parseIp6(text: string): IpAddress | undefined {
  let rest = text;
  const tail = /:(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const v4 = parseIp(tail[1]!);
    if (v4 === undefined) return undefined;
    rest = `${text.slice(0, -tail[1]!.length)}${(v4.value >> 16n).toString(16)}:${(v4.value & 0xffffn).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], end = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - end.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...end];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return value >> 32n === MAPPED >> 32n ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value };
}

/** The canonical text of an address. */
export function formatIp({ bits, value }: IpAddress): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn));
  const [start, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start];
  });
  return best;
}

/** The bytes of an address, 4 or 16. */
export function ipBytes({ bits, value }: IpAddress): Uint8Array {
  return Buffer.from(value.toString(16).padStart(bits / 4, '0'), 'hex');
}

/** Parses `address/prefix`; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(prefix) || Number(prefix) > address.bits) return undefined;
  return { address, prefix: Number(prefix) };
}

export const formatCidr = ({ address, prefix }: Cidr): string => `${formatIp(address)}/${prefix}`;

const hostMask = ({ address, prefix }: Cidr): bigint => (1n << BigInt(address.bits - prefix)) - 1n;

/** The same network with its first address in place of the one given. */
export function networkOf(cidr: Cidr): Cidr {
  return { ...cidr, address: { ...cidr.address, value: cidr.address.value & ~hostMask(cidr) } };
}

export function contains(cidr: Cidr, address: IpAddress): boolean {
  return address.bits === cidr.address.bits && networkOf({ address, prefix: cidr.prefix }).address.value === networkOf(cidr).address.value;
}

/** Whether the two have an address in common. */
export function intersects(one: Cidr, other: Cidr): boolean {
  return contains(one, networkOf(other).address) || contains(other, networkOf(one).address);
}

/** The first address after the network's own; the network's own where it has but one. */
export function firstHost(cidr: Cidr): IpAddress {
  const { address } = networkOf(cidr);
  return cidr.prefix === address.bits ? address : next(address);
}

/** The last address of a network (IPv4: its broadcast address). */
export function lastAddress(cidr: Cidr): IpAddress {
  return { ...cidr.address, value: cidr.address.value | hostMask(cidr) };
}

export const next = (address: IpAddress, by = 1n): IpAddress => ({ ...address, value: address.value + by });

/** The network of the same size that follows; undefined at the end of the address space. */
export function nextNetwork(cidr: Cidr): Cidr | undefined {
  const value = cidr.address.value + hostMask(cidr) + 1n;
  return value >> BigInt(cidr.address.bits) > 0n ? undefined : { ...cidr, address: { ...cidr.address, value } };
}

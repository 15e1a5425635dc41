import { formatIp, parseIp } from '../../network/addresses.ts';

/** Go's `net.ParseIP(text).String()`: the canonical text of an address without zone, or undefined. */
export function canonicalIp(text: string): string | undefined {
  const address = parseIp(text);
  return address === undefined ? undefined : formatIp(address);
}

/** Go's `net.ParseMAC(text).String()`: 6, 8 or 20 octets with `:`, `-` or dots; undefined where it would fail. */
export function canonicalMac(text: string): string | undefined {
  const octets = /^[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4})+$/.test(text)
    ? text.replaceAll('.', '').match(/../g)
    : /^[0-9a-fA-F]{2}(([:-])[0-9a-fA-F]{2})(\2[0-9a-fA-F]{2})*$/.test(text)
      ? text.split(/[:-]/)
      : null;
  if (!octets || ![6, 8, 20].includes(octets.length)) return undefined;
  if (text.includes(':') && text.includes('-')) return undefined;
  return octets.join(':').toLowerCase();
}

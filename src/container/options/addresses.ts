import { isIP } from 'node:net';

/** Go's `net.ParseIP(text).String()`: the canonical text of an address without zone, or undefined. */
export function canonicalIp(text: string): string | undefined {
  if (text.includes('%')) return undefined;
  switch (isIP(text)) {
    case 4:
      return text;
    case 6: {
      const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
      if (mapped) return mapped[1];
      return new URL(`http://[${text}]`).hostname.slice(1, -1);
    }
    default:
      return undefined;
  }
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

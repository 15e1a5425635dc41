import { readFileSync } from 'node:fs';

/** The host's resolv.conf, read past systemd-resolved's stub. */
export function hostResolvConf(): string {
  const text = read('/etc/resolv.conf');
  const servers = nameServers(text);
  if (servers.length === 1 && servers[0] === '127.0.0.53') return read('/run/systemd/resolve/resolv.conf') || text;
  return text;
}

/** The host's name servers that can be reached from another network namespace. */
export function hostNameServers(): string[] {
  return nameServers(hostResolvConf()).filter((server) => !isLocal(server));
}

/** The addresses of a resolv.conf's `nameserver` lines. */
export function nameServers(text: string): string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1]!);
}

const isLocal = (server: string): boolean => server.startsWith('127.') || server === '::1';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

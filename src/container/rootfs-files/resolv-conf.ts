import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface ResolvConfRequest {
  /** The container is in the host's network namespace: local resolvers are reachable. */
  hostNetwork: boolean;
  /** Path of the container's network namespace, for /etc/netns. */
  netns?: string;
  ipv6: boolean;
  nameservers: readonly string[];
  keepHostServers: boolean;
  searches: readonly string[];
  keepHostSearches: boolean;
  options: readonly string[];
}

interface ResolvConf {
  nameservers: string[];
  searches: string[];
  options: string[];
}

const localResolvers: Record<string, string> = {
  '127.0.0.53': '/run/systemd/resolve/resolv.conf',
  '127.0.0.1': '/run/NetworkManager/no-stub-resolv.conf',
};

/** The text of the container's /etc/resolv.conf: what was asked for, filled up from the host's. */
export function resolvConfText(request: ResolvConfRequest): string {
  const host = hostResolvConf(request);
  const nameservers = [...request.nameservers];
  if (nameservers.length === 0 || request.keepHostServers) nameservers.push(...host.nameservers);
  const cleared = request.searches.includes('.');
  const searches = cleared ? [] : [...request.searches];
  if (request.searches.length === 0 || (request.keepHostSearches && !cleared)) searches.push(...host.searches);
  const options = request.options.length > 0 ? [...request.options] : host.options;
  return format({ nameservers, searches, options });
}

function format({ nameservers, searches, options }: ResolvConf): string {
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...nameservers.map((address) => `nameserver ${address}\n`),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('');
}

function hostResolvConf(request: ResolvConfRequest): ResolvConf {
  let conf = parse(readOrEmpty(hostPath(request)));
  if (request.hostNetwork) return conf;
  const real = conf.nameservers.length === 1 ? localResolvers[conf.nameservers[0] ?? ''] : undefined;
  if (real && existsSync(real)) conf = parse(readOrEmpty(real));
  const reachable = conf.nameservers.filter(
    (address) => !isLoopback(address) && (request.ipv6 ? !isLinkLocal(address) : !address.includes(':')),
  );
  if (reachable.length > 0 || conf.nameservers.length === 0)
    return { ...conf, nameservers: reachable.length > 0 ? reachable : defaultServers(request) };
  return { ...conf, nameservers: defaultServers(request) };
}

/** Without any server that the container could reach, public ones are used, as Docker does. */
function defaultServers(request: ResolvConfRequest): string[] {
  if (request.nameservers.length > 0) return [];
  return ['8.8.8.8', '8.8.4.4', ...(request.ipv6 ? ['2001:4860:4860::8888', '2001:4860:4860::8844'] : [])];
}

const isLoopback = (address: string): boolean => /^127\./.test(address) || address === '::1';
const isLinkLocal = (address: string): boolean => /^fe80:/i.test(address);

function hostPath({ netns }: ResolvConfRequest): string {
  if (netns && !netns.startsWith('/proc/')) {
    const path = `/etc/netns/${basename(netns)}/resolv.conf`;
    if (existsSync(path)) return path;
  }
  return '/etc/resolv.conf';
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parse(text: string): ResolvConf {
  const conf: ResolvConf = { nameservers: [], searches: [], options: [] };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0]) conf.nameservers.push(values[0]);
    else if (keyword === 'search') conf.searches = values;
    else if (keyword === 'options') conf.options = values;
  }
  return conf;
}

/** Puts servers in front of those that the file has; the inode stays, since the container has it bound. */
export function addNameservers(path: string, added: readonly string[]): void {
  const conf = parse(readFileSync(path, 'utf8'));
  writeFileSync(path, format({ ...conf, nameservers: [...added, ...conf.nameservers] }));
}

export function removeNameservers(path: string, removed: readonly string[]): void {
  const conf = parse(readFileSync(path, 'utf8'));
  writeFileSync(path, format({ ...conf, nameservers: conf.nameservers.filter((address) => !removed.includes(address)) }));
}

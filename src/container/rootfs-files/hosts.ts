import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { flockExclusive } from '../../os/flock.ts';
import type { NetworkStatusEntry } from '../container.ts';
import type { Rootfs } from './rootfs.ts';

export interface HostsEntry {
  ip: string;
  names: string[];
}

export interface HostsRequest {
  /** Empty: the host's file. `none`: nothing. `image`: the image's. Else a path. */
  base: string;
  rootfs: Rootfs;
  /** `name1;name2:ip`, ip may be `host-gateway`. */
  added: readonly string[];
  own: HostsEntry[];
  /** Empty where there is none. */
  gateway: string;
}

const hostsFile = '/etc/hosts';

/** The text of the container's /etc/hosts. A name that stands in an earlier line is not given again. */
export function hostsText(request: HostsRequest): string {
  const entries = [...addedEntries(request.added, request.gateway), ...baseEntries(request.base, request.rootfs)];
  const taken = new Set(entries.flatMap((entry) => entry.names));
  const defaults: HostsEntry[] = [
    { ip: '127.0.0.1', names: ['localhost'] },
    { ip: '::1', names: ['localhost'] },
    ...(request.gateway === '' ? [] : [{ ip: request.gateway, names: ['host.containers.internal', 'host.docker.internal'] }]),
    ...request.own,
  ];
  return [...entries, ...withoutNames(defaults, taken)].map(hostsLine).join('');
}

/** Adds lines for names that the file does not have yet; the inode stays, since containers have it bound. */
export function addHostsEntries(path: string, added: HostsEntry[]): void {
  editHosts(
    path,
    (text) =>
      text +
      withoutNames(added, new Set(parseHosts(text).flatMap(({ names }) => names)))
        .map(hostsLine)
        .join(''),
  );
}

/**
 * Adds lines for one more network of a container, whose names stand there already for its others. Only where the file holds one of
 * `known` lines: a file of the user's own is left as it is.
 */
export function addNetworkHostsEntries(path: string, known: HostsEntry[], added: HostsEntry[]): void {
  editHosts(path, (text) => {
    const present = parseHosts(text);
    const isOurs = known.some((entry) => present.some((line) => sharesName(line, entry)));
    return isOurs ? text + added.map(hostsLine).join('') : text;
  });
}

/** Takes the lines away that hold one of the names at the same address. */
export function removeHostsEntries(path: string, removed: HostsEntry[]): void {
  const isGone = (entry: HostsEntry) => removed.some((gone) => sharesName(entry, gone));
  editHosts(path, (text) => (text.match(/.*\n|.+$/g) ?? []).filter((line) => !parseHosts(line).some(isGone)).join(''));
}

/** The containers of a pod share one file. Locked is its directory: the file itself a container could lock as well, and never let go. */
function editHosts(path: string, change: (text: string) => string): void {
  const lock = openSync(dirname(path), 'r');
  try {
    flockExclusive(lock, path);
    const text = readFileSync(path, 'utf8');
    const changed = change(text);
    if (changed !== text) writeFileSync(path, changed);
  } finally {
    closeSync(lock);
  }
}

const sharesName = (one: HostsEntry, other: HostsEntry): boolean =>
  one.ip === other.ip && one.names.some((name) => other.names.includes(name));

function withoutNames(entries: HostsEntry[], taken: ReadonlySet<string>): HostsEntry[] {
  return entries.map(({ ip, names }) => ({ ip, names: names.filter((name) => !taken.has(name)) })).filter(({ names }) => names.length > 0);
}

const hostsLine = ({ ip, names }: HostsEntry): string => `${ip}\t${names.join(' ')}\n`;

function addedEntries(added: readonly string[], gateway: string): HostsEntry[] {
  return added.map((entry) => {
    const colon = entry.indexOf(':');
    const quoted = JSON.stringify(entry);
    if (colon < 0) throw new SelkieError(`unable to parse host entry ${quoted}: incorrect format`);
    const names = entry.slice(0, colon);
    let ip = entry.slice(colon + 1);
    if (names === '') throw new SelkieError(`hostname in host entry ${quoted} is empty`);
    if (ip === '') throw new SelkieError(`IP address in host entry ${quoted} is empty`);
    if (ip === 'host-gateway') {
      if (gateway === '')
        throw new SelkieError(`unable to replace "host-gateway" of host entry ${quoted}: host containers internal IP address is empty`);
      ip = gateway;
    }
    return { ip, names: names.split(';') };
  });
}

function baseEntries(base: string, rootfs: Rootfs): HostsEntry[] {
  if (base === 'none') return [];
  if (base === 'image') return parseHosts(rootfs.readFile(hostsFile) ?? '');
  const path = base || hostsFile;
  try {
    return parseHosts(readFileSync(path, 'utf8'));
  } catch (error) {
    if (path === hostsFile && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new SelkieError(`failed to create new hosts file: open ${path}: no such file or directory`, { cause: error });
  }
}

function parseHosts(text: string): HostsEntry[] {
  const entries: HostsEntry[] = [];
  for (const line of text.split('\n')) {
    const [ip, ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (ip && names.length > 0) entries.push({ ip, names });
  }
  return entries;
}

/** The address of each interface of the container, with the container's names. */
export function networkHostsEntries(status: Record<string, NetworkStatusEntry>, names: string[]): HostsEntry[] {
  return Object.values(status).flatMap((network) =>
    Object.values(network.interfaces ?? {}).flatMap(({ subnets }) =>
      (subnets ?? []).map(({ ipnet }) => ({ ip: ipnet.split('/')[0] ?? '', names })),
    ),
  );
}

/** The address at which a container without a network of ours reaches this host; empty where containers.conf says `none`. */
export function hostGateway(configured: string): string {
  if (configured === 'none') return '';
  return configured || localAddress();
}

function localAddress(): string {
  let v6 = '';
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address, family, internal } of addresses ?? []) {
      if (internal) continue;
      if (family === 'IPv4') return address;
      if (!address.startsWith('fe80')) v6 ||= address;
    }
  }
  return v6;
}

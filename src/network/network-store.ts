import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainersConf } from '../config/containers-conf.ts';
import { warn } from '../diagnostics.ts';
import { LockFile } from '../os/locks.ts';
import { firstHost, formatIp, parseCidr, parseIp } from './addresses.ts';
import { AmbiguousNetwork, InvalidNetwork, NoSuchNetwork, namePattern } from './errors.ts';
import { removeNetworkAddresses } from './ipam.ts';
import type { Network, NetworkPaths } from './types.ts';

/** The default network's ID is the same everywhere. */
const DEFAULT_NETWORK_ID = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9';

/**
 * The networks of this user: one JSON file each in the format of podman with netavark, and the default network, which is there
 * without a file. Nothing is cached: a file written by another process is seen by the next call.
 */
export class NetworkStore {
  constructor(
    readonly paths: NetworkPaths,
    readonly conf: ContainersConf,
  ) {}

  get defaultName(): string {
    return this.conf.network.default_network || 'podman';
  }

  /** All networks by name, the default one among them. Files that cannot be read are warned of and left out. */
  all(): Map<string, Network> {
    const networks = new Map<string, Network>();
    for (const file of this.files()) {
      const network = this.read(file);
      if (network !== undefined) networks.set(network.name, network);
    }
    if (!networks.has(this.defaultName)) networks.set(this.defaultName, this.defaultNetwork());
    return networks;
  }

  /** One network by name, ID or the beginning of an ID. @throws NoSuchNetwork, AmbiguousNetwork */
  find(nameOrId: string): Network {
    const named = namePattern.test(nameOrId) ? this.read(`${nameOrId}.json`, true) : undefined;
    if (named !== undefined) return named;
    if (nameOrId === this.defaultName) return this.defaultNetwork();
    const found = [...this.all().values()].filter(({ id }) => nameOrId !== '' && id.startsWith(nameOrId));
    if (found.length > 1) throw new AmbiguousNetwork(nameOrId);
    if (found[0] === undefined) throw new NoSuchNetwork(nameOrId);
    return found[0];
  }

  exists(nameOrId: string): boolean {
    try {
      this.find(nameOrId);
      return true;
    } catch (error) {
      if (error instanceof NoSuchNetwork) return false;
      throw error;
    }
  }

  /** Runs a change of the configuration alone, among podman and selkie processes. */
  locked<T>(step: () => T): T {
    mkdirSync(this.paths.configDir, { recursive: true, mode: 0o755 });
    const lock = new LockFile(this.paths.lock);
    lock.lockExclusive();
    try {
      return step();
    } finally {
      lock.close();
    }
  }

  /** Writes a network's file. Call it locked. */
  save(network: Network): void {
    mkdirSync(this.paths.configDir, { recursive: true, mode: 0o755 });
    writeFileSync(join(this.paths.configDir, `${network.name}.json`), goJson(network));
  }

  /** Forgets a network and its addresses. The caller has made sure that no container uses it. @throws InvalidNetwork for the default one */
  remove(nameOrId: string): Network {
    return this.locked(() => {
      const network = this.find(nameOrId);
      if (network.name === this.defaultName) throw new InvalidNetwork(`default network ${network.name} cannot be removed`);
      removeNetworkAddresses(this.paths, network);
      try {
        unlinkSync(join(this.paths.configDir, `${network.name}.json`));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      return network;
    });
  }

  private files(): string[] {
    try {
      return readdirSync(this.paths.configDir)
        .filter((name) => name.endsWith('.json'))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private read(file: string, silent = false): Network | undefined {
    const path = join(this.paths.configDir, file);
    let network: Network;
    try {
      network = JSON.parse(readFileSync(path, 'utf8')) as Network;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing && !silent) warn(`Error reading network config file "${path}": ${(error as Error).message}`);
      return undefined;
    }
    const complaint = complaintAbout(network, file, path);
    if (complaint === undefined) return complete(network);
    if (!silent) warn(complaint);
    return undefined;
  }

  private defaultNetwork(): Network {
    const subnet = this.conf.network.default_subnet || '10.88.0.0/16';
    const cidr = parseCidr(subnet);
    if (cidr === undefined) throw new InvalidNetwork(`failed to parse default subnet: invalid CIDR address: ${subnet}`);
    return {
      name: this.defaultName,
      id: DEFAULT_NETWORK_ID,
      driver: 'bridge',
      network_interface: 'podman0',
      // In UTC: asking for the local zone would load the time zone database, 9 ms for every command that looks at networks.
      created: new Date().toISOString(),
      subnets: [{ subnet, gateway: formatIp(firstHost(cidr)) }],
      ipv6_enabled: cidr.address.bits === 128,
      internal: false,
      dns_enabled: false,
      ipam_options: { driver: 'host-local' },
      labels: {},
      options: {},
    };
  }
}

function complaintAbout(network: Network, file: string, path: string): string | undefined {
  if (`${network.name}.json` !== file) return `Network config name "${network.name}" does not match file name "${file}", skipping`;
  if (!namePattern.test(network.name)) return `Network config "${path}" has invalid name: "${network.name}", skipping`;
  if (network.id?.length !== 64) return `Network config "${path}" could not be parsed, skipping: invalid network ID "${network.id}"`;
  const broken = network.subnets?.find(({ subnet, gateway }) => parseCidr(subnet) === undefined || (gateway && !parseIp(gateway)));
  return broken === undefined ? undefined : `Network config "${path}" could not be parsed, skipping: subnet invalid: ${broken.subnet}`;
}

/** Fills in what podman fills in when it reads a file. */
function complete(network: Network): Network {
  const withGateway = !network.internal || network.dns_enabled;
  for (const subnet of network.subnets ?? []) {
    const cidr = parseCidr(subnet.subnet)!;
    if (subnet.gateway === undefined && withGateway) subnet.gateway = formatIp(firstHost(cidr));
    if (cidr.address.bits === 128) network.ipv6_enabled = true;
  }
  return { ...network, labels: network.labels ?? {}, options: network.options ?? {}, ipam_options: network.ipam_options ?? {} };
}

const keyOrder = [
  'name',
  'id',
  'driver',
  'network_interface',
  'created',
  'subnets',
  'routes',
  'ipv6_enabled',
  'internal',
  'dns_enabled',
  'network_dns_servers',
  'labels',
  'options',
  'ipam_options',
] as const satisfies readonly (keyof Network)[];

/** The network without its empty parts and in podman's order, as it is written and shown. */
export function networkRecord(network: Network): Partial<Network> {
  const entries = keyOrder.flatMap((key) => {
    const value = network[key];
    const empty = value === undefined || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    if (empty) return [];
    return [[key, key === 'labels' || key === 'options' || key === 'ipam_options' ? sorted(value as Record<string, string>) : value]];
  });
  return Object.fromEntries(entries) as Partial<Network>;
}

const sorted = (map: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

const goJson = (network: Network): string =>
  `${JSON.stringify(networkRecord(network), undefined, 5).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;

import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { runtimeDir } from '../config/paths.ts';
import { reportError, warn } from '../diagnostics.ts';
import { processExists, sendSignal } from '../os/process.ts';
import { RootlessNetnsError } from './errors.ts';
import { createNetworkNamespaceAt, deleteNetworkNamespace } from './namespace.ts';
import { type NetavarkCall, runNetavarkSync } from './netavark.ts';
import type { NetworkStore } from './network-store.ts';
import { inNamespaceCommand, tool } from './other-namespace.ts';
import { setupPasta } from './pasta.ts';
import { hostNameServers } from './resolv-conf.ts';
import type { NetworkStatus } from './types.ts';
import type { UserModeNetwork } from './user-mode.ts';

/**
 * The network namespace in which a rootless user's bridges are: one for all containers, connected to the host by pasta, kept as
 * podman keeps it so that both use the same (`<runroot>/networks/rootless-netns`). It goes when the last container leaves.
 */
class RootlessNetns {
  readonly directory: string;
  readonly path: string;

  constructor(private readonly store: NetworkStore) {
    this.directory = join(store.paths.runDir, 'rootless-netns');
    this.path = join(this.directory, 'rootless-netns');
  }

  /** Makes the namespace unless it is there and connected. @returns whether it was made */
  ensure(): boolean {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const present = isNetworkNamespace(this.path);
    if (present && this.isConnected()) return false;
    if (!present) {
      rmSync(this.path, { force: true });
      try {
        createNetworkNamespaceAt(this.path);
      } catch (error) {
        throw new RootlessNetnsError(`create netns: ${(error as Error).message}`, { cause: error });
      }
    }
    try {
      this.connect();
    } catch (error) {
      deleteNetworkNamespace(this.path);
      throw error;
    }
    return true;
  }

  private isConnected(): boolean {
    const pid = this.connectorPid();
    if (pid !== undefined && processExists(pid)) return true;
    warn(
      pid === undefined
        ? 'failed to read rootless netns program pid'
        : 'rootless netns program no longer running, trying to start it again',
    );
    return false;
  }

  private connectorPid(): number | undefined {
    try {
      const pid = Number(readFileSync(join(this.directory, 'rootless-netns-conn.pid'), 'utf8').trim());
      return pid > 0 ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  private connect(): void {
    const command = this.store.conf.network.default_rootless_network_cmd.toLowerCase();
    const pidFile = join(this.directory, 'rootless-netns-conn.pid');
    let network: UserModeNetwork;
    if (command === 'pasta' || command === '') {
      network = setupPasta(this.path, [], ['--pid', pidFile]);
    } else if (command === 'slirp4netns') {
      const { setupSlirp4netns } = require('./slirp4netns.ts') as typeof import('./slirp4netns.ts');
      network = setupSlirp4netns({ containerId: 'rootless-netns', netnsPath: this.path, ports: [], options: [] });
      writeFileSync(pidFile, String(network.pid), { mode: 0o600 });
    } else {
      throw new RootlessNetnsError(`invalid rootless network command "${command}"`);
    }
    const servers = [...network.dnsForwardIps, ...hostNameServers()];
    writeFileSync(join(this.directory, 'resolv.conf'), servers.map((server) => `nameserver ${server}\n`).join(''), { mode: 0o644 });
    const record = { IPAddresses: network.ipAddresses, DnsForwardIps: network.dnsForwardIps, MapGuestIps: network.mapGuestIps };
    writeFileSync(join(this.directory, 'info.json'), `${JSON.stringify(record)}\n`);
  }

  /** Changes the number of connections and removes the namespace with the last one. */
  count(change: number): void {
    const file = join(this.directory, 'ref-count');
    const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0;
    const after = before + change;
    if (after < 0) reportError(`rootless netns ref counter out of sync, counter is at ${after}, resetting it back to 0`);
    writeFileSync(file, String(Math.max(0, after)), { mode: 0o600 });
    if (after <= 0) this.remove();
  }

  remove(): void {
    deleteNetworkNamespace(this.path);
    const pid = this.connectorPid();
    if (pid !== undefined) sendSignal(pid, 15);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * The command line that runs a program in the namespace, and in a mount namespace of its own in which /run can be written and
   * name servers are pasta's.
   */
  commandInside(command: readonly string[]): string[] {
    const inside = (path: string): string => join(this.directory, path);
    const binds: [source: string, target: string][] = [[runtimeDir(), inside(runtimeDir())]];
    if (existsSync('/run/systemd')) binds.push(['/run/systemd', inside('/run/systemd')]);
    let resolvConf = firstUnderRun('/etc/resolv.conf');
    const stub = resolvConf.startsWith('/run/systemd/resolve/') ? inside('/run/systemd/resolve') : '';
    if (resolvConf.startsWith('/run/')) {
      resolvConf = inside(resolvConf);
      if (stub === '') makeFile(resolvConf);
    }
    binds.push([inside('run'), '/run']);
    for (const [source, target] of binds) for (const path of [source, target]) mkdirSync(path, { recursive: true, mode: 0o700 });
    const all = binds.map(([source, target]) => `mount --rbind ${quote(source)} ${quote(target)}`);
    const last = all.pop()!;
    const steps = [
      ...all,
      ...(stub === '' ? [] : [`mount -t tmpfs tmpfs ${quote(stub)}`, `: >${quote(resolvConf)}`]),
      `mount --bind ${quote(inside('resolv.conf'))} ${quote(resolvConf)}`,
      last,
      'exec "$@"',
    ];
    const script = steps.join(' && ');
    return inNamespaceCommand(this.path, [tool('unshare'), '--mount', '--propagation', 'slave', 'sh', '-c', script, 'sh', ...command]);
  }
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, '', { flag: 'a', mode: 0o600 });
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function isNetworkNamespace(path: string): boolean {
  const { statfsSync } = require('node:fs') as typeof import('node:fs');
  try {
    return statfsSync(path).type === 0x6e736673;
  } catch {
    return false;
  }
}

/** Follows the links of a path until it lies below /run, which is replaced inside. */
function firstUnderRun(path: string): string {
  let current = path;
  for (let links = 0; links < 40; links++) {
    if (current.startsWith('/run/')) return current;
    const parts = current.split('/').filter(Boolean);
    const at = parts.findIndex((_, index) => linkAt(`/${parts.slice(0, index + 1).join('/')}`) !== undefined);
    if (at < 0) return current;
    const prefix = `/${parts.slice(0, at + 1).join('/')}`;
    const link = linkAt(prefix)!;
    current = join(isAbsolute(link) ? link : join(dirname(prefix), link), ...parts.slice(at + 1));
  }
  throw new RootlessNetnsError('too many symlinks while resolving /etc/resolv.conf');
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Runs netavark in the shared namespace, which is made for the first connection and removed with the last one.
 * @param change number of connections that come (or go, if negative)
 */
export function runInRootlessNetns(store: NetworkStore, call: NetavarkCall, change: number): NetworkStatus {
  const netns = new RootlessNetns(store);
  const made = netns.ensure();
  try {
    const status = runNetavarkSync({ ...call, command: netns.commandInside(call.command) });
    netns.count(change);
    return status;
  } catch (error) {
    if (made) netns.remove();
    throw error;
  }
}

/**
 * Keeps the shared namespace for as long as `step` runs a command of the user's in it (`unshare --rootless-netns`).
 * @param step is given the command line to run
 */
export function withRootlessNetns<T>(store: NetworkStore, command: readonly string[], step: (command: string[]) => T): T {
  const netns = new RootlessNetns(store);
  netns.ensure();
  netns.count(1);
  try {
    return step(netns.commandInside(command));
  } finally {
    netns.count(-1);
  }
}

/** What the shared namespace has for the hosts and resolv.conf files of its containers; undefined where there is none. */
export function rootlessNetnsInfo(store: NetworkStore): UserModeNetwork | undefined {
  try {
    const text = readFileSync(join(store.paths.runDir, 'rootless-netns/info.json'), 'utf8');
    const record = JSON.parse(text) as { IPAddresses: string[] | null; DnsForwardIps: string[] | null; MapGuestIps: string[] | null };
    const ipAddresses = record.IPAddresses ?? [];
    return {
      ipAddresses,
      dnsForwardIps: record.DnsForwardIps ?? [],
      mapGuestIps: record.MapGuestIps ?? [],
      ipv6: ipAddresses.some((address) => address.includes(':')),
    };
  } catch {
    return undefined;
  }
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainersConf } from '../config/containers-conf.ts';
import type { OciMount } from '../container/oci-spec.ts';
import type { RunLimits } from './build-options.ts';
import { ContainerfileError } from './errors.ts';
import type { WorkingContainer } from './working-container.ts';

export interface StepNetwork extends AsyncDisposable {
  /** undefined: the host's. */
  namespace?: string;
  /** Binds of hosts and resolv.conf. */
  mounts: OciMount[];
}

/** Connects a step: `none`, `host`, or what a container gets by default (bridge as root, pasta else). */
export async function stepNetwork(
  _conf: ContainersConf,
  limits: RunLimits,
  mode: string,
  container: WorkingContainer,
  bundle: string,
): Promise<StepNetwork> {
  const kind = mode === '' || mode === 'default' || mode === 'private' ? 'private' : mode;
  if (!['private', 'host', 'none'].includes(kind))
    throw new ContainerfileError(`unsupported network ${JSON.stringify(mode)} for a build: use host, none or private`);
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  const mounts = writeNames(limits, container, bundle);
  return { mounts, async [Symbol.asyncDispose]() {} };
}

function writeNames(limits: RunLimits, container: WorkingContainer, bundle: string): OciMount[] {
  const hostname = container.id.slice(0, 12);
  const hosts = join(bundle, 'hosts');
  const added = limits.addHosts.map((entry) => {
    const colon = entry.lastIndexOf(':') === entry.indexOf(':') ? entry.indexOf(':') : entry.indexOf(':');
    return `${entry.slice(colon + 1)}\t${entry.slice(0, colon).replaceAll(';', ' ')}\n`;
  });
  writeFileSync(hosts, `127.0.0.1\tlocalhost ${hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n${added.join('')}`, { mode: 0o644 });
  const resolv = join(bundle, 'resolv.conf');
  writeFileSync(resolv, resolvConf(limits), { mode: 0o644 });
  return [
    { destination: '/etc/hosts', type: 'bind', source: hosts, options: ['bind', 'rprivate'] },
    { destination: '/etc/resolv.conf', type: 'bind', source: resolv, options: ['bind', 'rprivate'] },
  ];
}

function resolvConf(limits: RunLimits): string {
  if (limits.dns.length === 0 && limits.dnsSearch.length === 0 && limits.dnsOptions.length === 0) {
    try {
      return readFileSync('/etc/resolv.conf', 'utf8');
    } catch {
      return '';
    }
  }
  return [
    ...(limits.dnsSearch.length > 0 ? [`search ${limits.dnsSearch.join(' ')}`] : []),
    ...limits.dns.map((server) => `nameserver ${server}`),
    ...(limits.dnsOptions.length > 0 ? [`options ${limits.dnsOptions.join(' ')}`] : []),
    '',
  ].join('\n');
}

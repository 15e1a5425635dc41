import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainersConf } from '../config/containers-conf.ts';
import { isRootless } from '../config/paths.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { hostsText } from '../container/rootfs-files/hosts.ts';
import { resolvConfText } from '../container/rootfs-files/resolv-conf.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { createNetworkNamespace, deleteNetworkNamespace } from '../network/namespace.ts';
import { setupContainerNetwork, teardownContainerNetwork } from '../network/setup.ts';
import type { RunLimits } from './build-options.ts';
import type { BuildRoot } from './working-container.ts';

export interface StepNetwork extends AsyncDisposable {
  /** undefined: the host's. */
  namespace?: string;
  /** Binds of hosts, hostname and resolv.conf. */
  mounts: OciMount[];
}

/** Connects a step: `none`, `host`, or what a container gets by default (the default bridge as root, pasta else). */
export async function stepNetwork(
  conf: ContainersConf,
  paths: { graphRoot: string; runRoot: string },
  limits: RunLimits,
  mode: string,
  container: BuildRoot,
  bundle: string,
): Promise<StepNetwork> {
  const path = /^(?:ns:)?(\/.*)$/.exec(mode)?.[1];
  // What is isolated by its root alone is in the host's network.
  const kind = limits.isolation === 'chroot' || mode === 'host' ? 'host' : mode === 'none' ? 'none' : path ? 'path' : 'private';
  const names =
    ['', 'default', 'private', 'container', 'bridge', 'pasta', 'slirp4netns'].includes(mode) || kind !== 'private' ? [] : mode.split(',');
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  const mounts = writeNames(conf, limits, container, bundle, kind === 'host');
  if (kind === 'host' || kind === 'path') return { ...(path ? { namespace: path } : {}), mounts, async [Symbol.asyncDispose]() {} };
  await using stack = new AsyncDisposableStack();
  const namespace = createNetworkNamespace();
  stack.defer(() => deleteNetworkNamespace(namespace));
  if (kind === 'private') await connect({ conf, paths, container, netnsPath: namespace, stack, names });
  const undo = stack.move();
  return { namespace, mounts, [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

interface Connection {
  conf: ContainersConf;
  paths: { graphRoot: string; runRoot: string };
  container: BuildRoot;
  netnsPath: string;
  stack: AsyncDisposableStack;
  /** Networks; none for what is the default. */
  names: readonly string[];
}

async function connect({ conf, paths, container, netnsPath, stack, names }: Connection): Promise<void> {
  if (isRootless() && names.length === 0) {
    // pasta ends by itself when the namespace goes.
    const { setupPasta } = await import('../network/pasta.ts');
    setupPasta(netnsPath, []);
    return;
  }
  const request = {
    containerId: container.id,
    containerName: container.name,
    hostname: container.id.slice(0, 12),
    netnsPath,
    networks: Object.fromEntries(
      (names.length > 0 ? names : [conf.network.default_network]).map((name, i) => [name, { interfaceName: `eth${i}` }]),
    ),
    portMappings: [],
    dnsServers: [],
  };
  await setupContainerNetwork({ paths, conf }, request);
  stack.defer(() => teardownContainerNetwork({ paths, conf }, request));
}

/** hosts, hostname and resolv.conf as a container would get them. */
function writeNames(conf: ContainersConf, limits: RunLimits, container: BuildRoot, bundle: string, hostNetwork: boolean): OciMount[] {
  using rootfs = new Rootfs(container.root);
  const mounts: OciMount[] = [];
  const add = (destination: string, source: string): void =>
    void mounts.push({ destination, type: 'bind', source, options: ['bind', 'rprivate'] });
  const hosts = join(bundle, 'hosts');
  const own = [{ ip: '127.0.0.1', names: [container.id.slice(0, 12)] }];
  writeFileSync(hosts, hostsText({ base: conf.containers.base_hosts_file, rootfs, added: limits.addHosts, own, gateway: '' }));
  if (!limits.noHosts && !conf.containers.no_hosts) add('/etc/hosts', hosts);
  const hostname = join(bundle, 'hostname');
  writeFileSync(hostname, `${container.id.slice(0, 12)}\n`);
  if (!limits.noHostname) add('/etc/hostname', hostname);
  if (limits.dns.includes('none')) return mounts;
  const resolv = join(bundle, 'resolv.conf');
  writeFileSync(
    resolv,
    resolvConfText({
      hostNetwork,
      ipv6: true,
      nameservers: limits.dns,
      keepHostServers: false,
      searches: limits.dnsSearch,
      keepHostSearches: false,
      options: limits.dnsOptions,
    }),
  );
  add('/etc/resolv.conf', resolv);
  return mounts;
}

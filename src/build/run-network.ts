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
import { ContainerfileError } from './errors.ts';
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
  const kind = ['', 'default', 'private', 'bridge', 'pasta'].includes(mode) ? 'private' : mode;
  if (!['private', 'host', 'none'].includes(kind)) {
    throw new ContainerfileError(`unsupported network ${JSON.stringify(mode)} for a build: use host, none or private`);
  }
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  const mounts = writeNames(conf, limits, container, bundle, kind === 'host');
  if (kind === 'host') return { mounts, async [Symbol.asyncDispose]() {} };
  await using stack = new AsyncDisposableStack();
  const namespace = createNetworkNamespace();
  stack.defer(() => deleteNetworkNamespace(namespace));
  if (kind === 'private') await connect(conf, paths, container, namespace, stack);
  const undo = stack.move();
  return { namespace, mounts, [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

async function connect(
  conf: ContainersConf,
  paths: { graphRoot: string; runRoot: string },
  container: BuildRoot,
  netnsPath: string,
  stack: AsyncDisposableStack,
): Promise<void> {
  if (isRootless()) {
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
    networks: { [conf.network.default_network]: { interfaceName: 'eth0' } },
    portMappings: [],
    dnsServers: [],
  };
  await setupContainerNetwork({ paths, conf }, request);
  stack.defer(() => teardownContainerNetwork({ paths, conf }, request));
}

/** hosts, hostname and resolv.conf as a container would get them. */
function writeNames(conf: ContainersConf, limits: RunLimits, container: BuildRoot, bundle: string, hostNetwork: boolean): OciMount[] {
  using rootfs = new Rootfs(container.root);
  const hosts = join(bundle, 'hosts');
  const own = [{ ip: '127.0.0.1', names: [container.id.slice(0, 12)] }];
  writeFileSync(hosts, hostsText({ base: conf.containers.base_hosts_file, rootfs, added: limits.addHosts, own, gateway: '' }));
  const hostname = join(bundle, 'hostname');
  writeFileSync(hostname, `${container.id.slice(0, 12)}\n`);
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
  return [
    { destination: '/etc/hosts', type: 'bind', source: hosts, options: ['bind', 'rprivate'] },
    { destination: '/etc/hostname', type: 'bind', source: hostname, options: ['bind', 'rprivate'] },
    { destination: '/etc/resolv.conf', type: 'bind', source: resolv, options: ['bind', 'rprivate'] },
  ];
}

import type { ContainersConf } from '../config/containers-conf.ts';
import { findHelperBinary, MissingProgram } from '../config/containers-conf.ts';
import { warn } from '../diagnostics.ts';
import { NetavarkError } from './errors.ts';
import type { Network, NetworkPaths, NetworkStatus, PerNetworkOptions, PortMapping } from './types.ts';

/** What netavark is told about a container. */
export interface NetavarkRequest {
  containerId: string;
  containerName: string;
  hostname: string;
  networks: Record<string, PerNetworkOptions>;
  portMappings: readonly PortMapping[];
  dnsServers: readonly string[];
}

export interface NetavarkContext {
  paths: NetworkPaths;
  conf: ContainersConf;
  rootless: boolean;
}

const builtInDrivers = ['bridge', 'macvlan', 'ipvlan'];

/** A call of netavark, ready to be run: by runNetavark, or synchronously inside of another namespace by runNetavarkSync. */
export interface NetavarkCall {
  command: string[];
  env: Record<string, string>;
  input: string;
}

export function setupCall(context: NetavarkContext, netnsPath: string, request: NetavarkRequest, networks: ReadonlyMap<string, Network>) {
  return callFor(context, ['setup', netnsPath], request, networks);
}

export function teardownCall(
  context: NetavarkContext,
  netnsPath: string,
  request: NetavarkRequest,
  networks: ReadonlyMap<string, Network>,
) {
  return callFor(context, ['teardown', netnsPath], request, networks);
}

/** Tells aardvark-dns of a network's new servers. */
export function updateCall(context: NetavarkContext, network: string, dnsServers: readonly string[]): NetavarkCall {
  return { ...baseCall(context, ['update', network, '--network-dns-servers', dnsServers.join(',')], []), input: 'null\n' };
}

function callFor(
  context: NetavarkContext,
  words: string[],
  request: NetavarkRequest,
  networks: ReadonlyMap<string, Network>,
): NetavarkCall {
  const involved = Object.keys(request.networks).map((name) => networks.get(name)!);
  const aardvark = aardvarkBinary();
  if (aardvark === '' && words[0] === 'setup' && involved.some(({ dns_enabled }) => dns_enabled)) {
    warn('aardvark-dns binary not found, container dns will not be enabled');
  }
  return { ...baseCall(context, words, involved), input: `${JSON.stringify(netavarkInput(request, involved))}\n` };
}

function netavarkInput(request: NetavarkRequest, involved: readonly Network[]): unknown {
  const networks = Object.entries(request.networks).map(([name, options]) => [
    name,
    {
      static_ips: options.staticIps?.length ? options.staticIps : undefined,
      aliases: options.aliases?.length ? options.aliases : undefined,
      static_mac: options.staticMac || undefined,
      interface_name: options.interfaceName,
      options: options.options && Object.keys(options.options).length > 0 ? options.options : undefined,
    },
  ]);
  return {
    container_id: request.containerId,
    container_name: request.containerName,
    port_mappings: request.portMappings.length === 0 ? undefined : request.portMappings.map(portRecord),
    networks: Object.fromEntries(networks),
    dns_servers: request.dnsServers.length === 0 ? undefined : request.dnsServers,
    container_hostname: request.hostname,
    network_info: Object.fromEntries(involved.map((network) => [network.name, network])),
  };
}

/** A port mapping in the words of netavark and rootlessport. */
export const portRecord = (port: PortMapping) => ({
  host_ip: port.hostIp,
  container_port: port.containerPort,
  host_port: port.hostPort,
  range: port.range,
  protocol: port.protocol,
});

function aardvarkBinary(): string {
  try {
    return findHelperBinary('aardvark-dns');
  } catch (error) {
    if (error instanceof MissingProgram) return '';
    throw error;
  }
}

function baseCall(context: NetavarkContext, words: string[], involved: readonly Network[]): Omit<NetavarkCall, 'input'> {
  const { paths, conf, rootless } = context;
  const plugins = involved.some(({ driver }) => !builtInDrivers.includes(driver));
  const options = [
    '--config',
    paths.runDir,
    `--rootless=${rootless}`,
    `--aardvark-binary=${aardvarkBinary()}`,
    ...(plugins ? conf.network.netavark_plugin_dirs.flatMap((directory) => ['--plugin-directory', directory]) : []),
  ];
  return { command: [findHelperBinary('netavark'), ...options, ...words], env: netavarkEnvironment(conf) };
}

function netavarkEnvironment(conf: ContainersConf): Record<string, string> {
  const env = { ...process.env, RUST_LOG: 'netavark=warn' } as Record<string, string>;
  const path = env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  // nft and iptables are in sbin, which users' PATH may lack.
  env['PATH'] = path.includes('/usr/sbin') ? path : `${path}:/usr/sbin:/sbin`;
  if (conf.network.dns_bind_port !== 0) env['NETAVARK_DNS_PORT'] = String(conf.network.dns_bind_port);
  if (conf.network.firewall_driver !== '') env['NETAVARK_FW'] = conf.network.firewall_driver;
  return env;
}

/** Runs netavark. @returns what it set up (setup only)  @throws NetavarkError with netavark's own text */
export async function runNetavark(call: NetavarkCall): Promise<NetworkStatus> {
  const child = Bun.spawn(call.command, { env: call.env, stdin: Buffer.from(call.input), stdout: 'pipe', stderr: 'inherit' });
  const [output, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return interpret(output, status);
}

/** Runs netavark while everything else waits, so that it inherits the namespaces of the calling thread. */
export function runNetavarkSync(call: NetavarkCall): NetworkStatus {
  const result = Bun.spawnSync(call.command, { env: call.env, stdin: Buffer.from(call.input), stdout: 'pipe', stderr: 'inherit' });
  return interpret(result.stdout.toString(), result.exitCode);
}

function interpret(output: string, status: number | null): NetworkStatus {
  let answer: unknown;
  try {
    answer = output.trim() === '' ? {} : JSON.parse(output);
  } catch {
    throw new NetavarkError(`failed to decode result: ${output.slice(0, 200)}`, status ?? undefined);
  }
  if (status === 0) return answer as NetworkStatus;
  const reason = (answer as { error?: string }).error;
  throw new NetavarkError(reason ?? `exited with status ${status}`, status ?? undefined);
}

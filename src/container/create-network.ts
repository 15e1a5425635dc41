import type { OciImageConfig } from '../image/image-config.ts';
import type { ContainerNetwork } from './container.ts';
import { InvalidOption } from './create-errors.ts';
import type { CreateOptions, ExposedPort, NamespaceChoice, NetworkChoice } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';
import { parseExpose } from './options/ports.ts';

/** How the container is connected: its networks by their full names, each with an interface name, and its ports with host ports. */
export function settleNetwork(
  engine: ContainerEngine,
  options: CreateOptions,
  mode: NamespaceChoice,
  sharedWith: string | undefined,
  image: OciImageConfig | undefined,
): ContainerNetwork {
  const exposed = exposedPorts(options, image);
  const noHosts = options.noHosts ?? engine.conf.containers.no_hosts;
  if (noHosts && options.addHosts?.length) throw new InvalidOption('--no-hosts and --add-host cannot be set together');
  const ownNamespace = ['bridge', 'pasta', 'slirp4netns'].includes(mode.kind);
  return {
    mode: modeText(mode, sharedWith),
    modeOptions: options.networkModeOptions ?? [],
    createNamespace: ownNamespace,
    ...(sharedWith === undefined ? {} : { sharedWith }),
    ...(mode.kind === 'path' ? { path: mode.value ?? '' } : {}),
    networks: mode.kind === 'bridge' ? settleNetworks(engine, options.networks ?? []) : [],
    portMappings: ownNamespace ? settlePorts(options, exposed) : [],
    // What is to be published is not exposed besides: without a namespace of its own the container has neither.
    exposedPorts: (options.publishAll && !ownNamespace ? [] : exposed).flatMap(({ port, protocol }) =>
      protocol.split(',').map((name) => `${port}/${name || 'tcp'}`),
    ),
    publishAll: options.publishAll ?? false,
    dnsServers: options.dnsServers ?? [],
    dnsSearch: options.dnsSearch ?? [],
    dnsOptions: options.dnsOptions ?? [],
    addedHosts: options.addHosts ?? [],
    noHosts,
    noHostname: options.noHostname ?? false,
    useImageResolvConf: options.useImageResolvConf ?? false,
    ...(options.hostsFile ? { baseHostsFile: options.hostsFile } : {}),
  };
}

function modeText(mode: NamespaceChoice, sharedWith: string | undefined): string {
  if (sharedWith !== undefined) return `container:${sharedWith}`;
  return mode.kind === 'path' ? `ns:${mode.value ?? ''}` : mode.kind;
}

function settlePorts(options: CreateOptions, exposed: ExposedPort[]): ContainerNetwork['portMappings'] {
  if (!options.ports?.length && !options.publishAll) return [];
  const { settlePortMappings } = require('../network/ports.ts') as typeof import('../network/ports.ts');
  return settlePortMappings(options.ports ?? [], options.publishAll ? exposed : []);
}

function exposedPorts(options: CreateOptions, image: OciImageConfig | undefined): ExposedPort[] {
  let ofImage: ExposedPort[];
  try {
    ofImage = parseExpose(Object.keys(image?.ExposedPorts ?? {}));
  } catch (error) {
    throw new InvalidOption(`unable to convert image EXPOSE: ${(error as Error).message}`, { cause: error });
  }
  const byPort = new Map<number, Set<string>>();
  for (const { port, protocol } of [...ofImage, ...(options.expose ?? [])]) {
    const protocols = byPort.get(port) ?? new Set();
    for (const name of protocol.split(',')) protocols.add(name.toLowerCase() || 'tcp');
    byPort.set(port, protocols);
  }
  for (const [port, protocols] of byPort) {
    const unknown = [...protocols].find((name) => !['tcp', 'udp', 'sctp'].includes(name));
    if (unknown !== undefined)
      throw new InvalidOption(
        `validating protocols for exposed port ${port}: unrecognized protocol ${JSON.stringify(unknown)} in port mapping`,
      );
  }
  return [...byPort].map(([port, protocols]) => ({ port, protocol: [...protocols].join(',') }));
}

/** Networks by full name, with interface names where none was asked for. @throws NoSuchNetwork */
function settleNetworks(engine: ContainerEngine, asked: NetworkChoice[]): ContainerNetwork['networks'] {
  const { networksOf } = require('./network-request.ts') as typeof import('./network-request.ts');
  const store = networksOf(engine);
  const wanted = asked.length > 0 ? asked : [{ name: 'default', options: { interfaceName: '' } }];
  const taken = new Set<string>();
  for (const { options } of wanted) {
    if (options.interfaceName === '') continue;
    if (taken.has(options.interfaceName))
      throw new InvalidOption(`network interface name ${JSON.stringify(options.interfaceName)} is already assigned to another network`);
    taken.add(options.interfaceName);
  }
  return wanted.map(({ name, options }) => {
    const network = store.find(name === 'default' ? store.defaultName : name);
    let interfaceName = options.interfaceName;
    if (interfaceName === '' && engine.conf.containers.interface_name === 'device' && ['macvlan', 'ipvlan'].includes(network.driver))
      interfaceName = network.network_interface ?? '';
    for (let number = 0; interfaceName === ''; number++) if (!taken.has(`eth${number}`)) interfaceName = `eth${number}`;
    taken.add(interfaceName);
    return { name: network.name, options: { ...options, interfaceName } };
  });
}

import type { Container, NetworkStatusEntry, PortMapping } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { networksOf } from './network-request.ts';
import { syncState } from './sync-state.ts';

/** inspect's NetworkSettings; those of the other container where the network is shared, without what that one exposes. */
export function inspectNetwork(engine: ContainerEngine, container: Container, isShared = false): object {
  const { config, state } = container;
  const { network } = config;
  if (network.sharedWith !== undefined) {
    const owner = engine.state.get(network.sharedWith);
    if (owner === undefined) return settings({}, {}, '', undefined);
    syncState(engine, owner);
    return inspectNetwork(engine, owner, true);
  }
  const ports = portBindings(network.portMappings);
  if (network.mode !== 'host' && !isShared) for (const port of network.exposedPorts) ports[port] ??= null;
  const idOf = networkIds(engine);
  const status = state.networkStatus ?? {};
  const isUp = state.netns !== '';
  if (network.path !== undefined && !isUp) return settings(ports, {}, '', undefined);
  const names = network.networks;
  const entries =
    names.length > 0
      ? names.map(
          ({ name, options }) =>
            [name, entryOf(idOf(name), isUp ? status[name] : undefined, aliasesOf(container, options.aliases))] as const,
        )
      : isUp && Object.keys(status).length === 0 && /^(pasta|slirp4netns)/.test(network.mode)
        ? []
        : [[network.mode, entryOf(idOf(network.mode), undefined, undefined)] as const];
  const isDefault = names.length === 1 && names[0]!.name === engine.conf.network.default_network;
  const basic = isUp && isDefault ? status[names[0]!.name] : undefined;
  const sandbox =
    isUp && network.mode !== 'none' ? state.netns : network.mode === 'none' && state.pid > 0 ? `/proc/${state.pid}/ns/net` : '';
  return settings(ports, basicOf(basic), sandbox, entries.length > 0 ? Object.fromEntries(entries) : undefined);
}

function settings(ports: Record<string, unknown>, basic: Partial<Basic>, sandbox: string, networks: object | undefined): object {
  return {
    EndpointID: '',
    ...emptyBasic,
    ...basic,
    Bridge: '',
    SandboxID: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: sortKeys(ports),
    SandboxKey: sandbox,
    ...(networks === undefined ? {} : { Networks: networks }),
  };
}

const sortKeys = <T>(map: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

const emptyBasic = {
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
};

interface Basic {
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  SecondaryIPAddresses?: { Addr: string; PrefixLength: number }[];
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  SecondaryIPv6Addresses?: { Addr: string; PrefixLength: number }[];
  MacAddress: string;
  AdditionalMACAddresses?: string[];
}

function entryOf(id: string, status: NetworkStatusEntry | undefined, aliases: string[] | undefined): object {
  return {
    EndpointID: '',
    ...emptyBasic,
    ...basicOf(status),
    NetworkID: id,
    DriverOpts: null,
    IPAMConfig: null,
    Links: null,
    ...(aliases !== undefined && aliases.length > 0 ? { Aliases: aliases } : {}),
  };
}

function basicOf(status: NetworkStatusEntry | undefined): Partial<Basic> {
  const basic: Basic = { ...emptyBasic };
  for (const [, { mac_address, subnets }] of Object.entries(status?.interfaces ?? {}).sort()) {
    for (const { ipnet, gateway } of subnets ?? []) {
      const [address = '', prefix = '0'] = ipnet.split('/');
      const length = Number(prefix);
      if (!address.includes(':')) {
        if (basic.IPAddress === '') Object.assign(basic, { IPAddress: address, IPPrefixLen: length, Gateway: gateway ?? '' });
        else (basic.SecondaryIPAddresses ??= []).push({ Addr: address, PrefixLength: length });
      } else if (basic.GlobalIPv6Address === '') {
        Object.assign(basic, { GlobalIPv6Address: address, GlobalIPv6PrefixLen: length, IPv6Gateway: gateway ?? '' });
      } else (basic.SecondaryIPv6Addresses ??= []).push({ Addr: address, PrefixLength: length });
    }
    if (basic.MacAddress === '') basic.MacAddress = mac_address;
    else (basic.AdditionalMACAddresses ??= []).push(mac_address);
  }
  return basic;
}

function aliasesOf({ config }: Container, aliases: readonly string[] = []): string[] {
  const short = config.id.slice(0, 12);
  return aliases.includes(short) ? [...aliases] : [...aliases, short];
}

function networkIds(engine: ContainerEngine): (name: string) => string {
  return (name) => {
    try {
      return networksOf(engine).find(name).id || name;
    } catch {
      return name;
    }
  };
}

/** Ports as docker shows them: `80/tcp` to host addresses. */
export function portBindings(mappings: readonly PortMapping[]): Record<string, { HostIp: string; HostPort: string }[] | null> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[] | null> = {};
  for (const { hostIp, hostPort, containerPort, range, protocol } of mappings) {
    for (const one of protocol.split(',')) {
      for (let at = 0; at < Math.max(1, range); at++) {
        (bindings[`${containerPort + at}/${one}`] ??= [])!.push({ HostIp: hostIp || '0.0.0.0', HostPort: String(hostPort + at) });
      }
    }
  }
  return sortKeys(bindings);
}

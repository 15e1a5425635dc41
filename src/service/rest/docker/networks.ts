import type { ContainerEngine } from '../../../container/engine.ts';
import { connectContainer, disconnectContainer } from '../../../container/network-changes.ts';
import { networksOf } from '../../../container/network-request.ts';
import { freeNetwork, NetworkInUse, networkMembers, noteNetwork, pruneNetworks, usedNetworks } from '../../../container/network-use.ts';
import { removeContainer } from '../../../container/remove.ts';
import { createNetwork } from '../../../network/create-network.ts';
import { networkFilters } from '../../../network/network-filters.ts';
import type { Network } from '../../../network/types.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { dockerNetwork } from './container-create.ts';

/** A network in Docker's words. Docker's name of the default one is `bridge`. */
function shown(engine: ContainerEngine, network: Network, members: boolean): object {
  const { default_network: standard } = engine.conf.network;
  return {
    Name: network.name === standard ? 'bridge' : network.name,
    Id: network.id,
    Created: network.created,
    Scope: 'local',
    Driver: network.driver,
    EnableIPv4: (network.subnets ?? []).some(({ subnet }) => !subnet.includes(':')),
    EnableIPv6: network.ipv6_enabled ?? false,
    IPAM: {
      Driver: network.ipam_options?.['driver'] === 'host-local' ? 'default' : (network.ipam_options?.['driver'] ?? 'default'),
      Options: { driver: network.ipam_options?.['driver'] ?? '' },
      Config: (network.subnets ?? []).map(({ subnet, gateway }) => ({ Subnet: subnet, ...(gateway ? { Gateway: gateway } : {}) })),
    },
    Internal: network.internal ?? false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: members ? containersOf(engine, network) : {},
    Options: network.options ?? {},
    Labels: network.labels ?? {},
  };
}

function containersOf(engine: ContainerEngine, network: Network): object {
  return Object.fromEntries(
    Object.entries(networkMembers(engine, network.name)).map(([id, { name, interfaces }]) => {
      const [first] = Object.values(interfaces);
      const of = (v6: boolean) => first?.subnets?.find(({ ipnet }) => ipnet.includes(':') === v6)?.ipnet ?? '';
      return [id, { Name: name, EndpointID: '', MacAddress: first?.mac_address ?? '', IPv4Address: of(false), IPv6Address: of(true) }];
    }),
  );
}

/** GET /networks */
export const list: Handler = (exchange, { engine }) => {
  const store = networksOf(engine);
  const tests = networkFilters(exchange.filters(), () => usedNetworks(engine, store));
  const found = [...store.all().values()].filter((network) => tests.every((passes) => passes(network)));
  exchange.send(
    200,
    found.map((network) => shown(engine, network, false)),
  );
};

function find(exchange: Exchange, engine: ContainerEngine): Network {
  return networksOf(engine).find(dockerNetwork(engine, exchange.name));
}

/** GET /networks/{name} */
export const inspect: Handler = (exchange, { engine }) => {
  exchange.send(200, shown(engine, find(exchange, engine), true));
};

interface CreateBody {
  Name: string;
  CheckDuplicate: boolean;
  Driver: string;
  Internal: boolean;
  EnableIPv6: boolean | null;
  IPAM: {
    Driver?: string;
    Config?: { Subnet?: string; IPRange?: string; Gateway?: string }[] | null;
    Options?: Record<string, string> | null;
  } | null;
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

const drivers: Record<string, string> = { default: 'bridge', '': 'bridge' };

/** POST /networks/create */
export const create: Handler = async (exchange, { engine }) => {
  const { parseSubnets } = await import('../../../network/parse-wish.ts');
  const body = await exchange.json<CreateBody>();
  const pools = body.IPAM?.Config ?? [];
  const { parent, ...options } = body.Options ?? {};
  const named: Record<string, string> = {};
  // Docker's names of what netavark calls otherwise.
  const known: Record<string, string> = { 'com.docker.network.driver.mtu': 'mtu', 'com.docker.network.bridge.name': '' };
  for (const [key, value] of Object.entries(options)) {
    const own = known[key] ?? key;
    if (own !== '') named[own] = value;
  }
  const ipam = body.IPAM?.Driver ?? '';
  const { network } = createNetwork(networksOf(engine), {
    name: body.Name || undefined,
    driver: drivers[body.Driver ?? ''] ?? body.Driver ?? 'bridge',
    networkInterface: parent ?? options['com.docker.network.bridge.name'] ?? '',
    subnets: pools.flatMap(({ Subnet = '', IPRange = '', Gateway = '' }) =>
      Subnet === '' ? [] : parseSubnets([Subnet], IPRange === '' ? [] : [IPRange], Gateway === '' ? [] : [Gateway]),
    ),
    routes: [],
    ipv6: body.EnableIPv6 ?? false,
    internal: body.Internal ?? false,
    dns: true,
    dnsServers: [],
    labels: body.Labels ?? {},
    options: named,
    ipamDriver: ipam === '' || ipam === 'default' ? undefined : ipam,
  });
  noteNetwork(engine, 'create', network);
  exchange.send(201, { Id: network.id, Warning: '' });
};

/** DELETE /networks/{name} */
export const remove: Handler = async (exchange, { engine }) => {
  const store = networksOf(engine);
  const { name } = find(exchange, engine);
  try {
    await freeNetwork(
      engine,
      store,
      name,
      exchange.flag('force') ? (container) => removeContainer(engine, container, { force: true, volumes: true }).then(() => {}) : undefined,
    );
  } catch (error) {
    if (error instanceof NetworkInUse) throw new ApiError(403, error.message, { cause: error });
    throw error;
  }
  noteNetwork(engine, 'remove', store.remove(name));
  exchange.send(204);
};

/** POST /networks/prune */
export const prune: Handler = (exchange, { engine }) => {
  const { removed } = pruneNetworks(engine, networksOf(engine), exchange.filters());
  exchange.send(200, { NetworksDeleted: removed });
};

interface ConnectBody {
  Container: string;
  EndpointConfig: {
    Aliases?: string[] | null;
    IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null;
    MacAddress?: string;
  } | null;
}

/** POST /networks/{name}/connect */
export const connect: Handler = async (exchange, { engine }) => {
  const body = await exchange.json<ConnectBody>();
  const { EndpointConfig: endpoint } = body;
  const ips = [endpoint?.IPAMConfig?.IPv4Address, endpoint?.IPAMConfig?.IPv6Address].filter((ip): ip is string => Boolean(ip));
  const { name } = find(exchange, engine);
  await connectContainer(engine, body.Container ?? '', name, {
    ...(endpoint?.Aliases?.length ? { aliases: endpoint.Aliases } : {}),
    ...(ips.length > 0 ? { staticIps: ips } : {}),
    ...(endpoint?.MacAddress ? { staticMac: endpoint.MacAddress } : {}),
  });
  exchange.send(200, 'OK');
};

/** POST /networks/{name}/disconnect */
export const disconnect: Handler = async (exchange, { engine }) => {
  const body = await exchange.json<{ Container: string }>();
  await disconnectContainer(engine, body.Container ?? '', find(exchange, engine).name);
  exchange.send(200, 'OK');
};

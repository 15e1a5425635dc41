import { networkRecord } from '../../network/network-store.ts';
import type { Network, NetworkStatusInterface, Route, Subnet } from '../../network/types.ts';
import { GoTime } from './go-time.ts';
import { asMap, named } from './template/values.ts';

/** A container as `network inspect` shows it, by its full ID. */
export interface NetworkMember {
  name: string;
  interfaces: Record<string, NetworkStatusInterface>;
}

/** A network as templates see it, under the names of Go's fields; as JSON it is podman's record. */
export function networkView(network: Network, members?: Readonly<Record<string, NetworkMember>>): object {
  const view = {
    Name: network.name,
    ID: network.id,
    Driver: network.driver,
    NetworkInterface: network.network_interface ?? '',
    Created: new GoTime(network.created),
    Subnets: (network.subnets ?? []).map(subnetView),
    Routes: (network.routes ?? []).map(routeView),
    IPv6Enabled: network.ipv6_enabled,
    Internal: network.internal,
    DNSEnabled: network.dns_enabled,
    NetworkDNSServers: network.network_dns_servers ?? [],
    Labels: asMap({ ...network.labels }),
    Options: asMap({ ...network.options }),
    IPAMOptions: asMap({ ...network.ipam_options }),
    Containers: asMap(Object.fromEntries(Object.entries(members ?? {}).map(([id, member]) => [id, memberView(member)]))),
  };
  return shownAs(view, members === undefined ? networkRecord(network) : { ...networkRecord(network), containers: members });
}

/** A row of `network ls`: labels in one text, the ID cut unless it is to be whole. */
export function networkRow(network: Network, whole: boolean): object {
  const labels = Object.entries(network.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const row = { ...networkView(network), ID: whole ? network.id : network.id.slice(0, 12), Labels: labels.sort().join(',') };
  return named('network.ListPrintReports', shownAs(row, networkRecord(network)));
}

function subnetView(subnet: Subnet): object {
  const range = subnet.lease_range;
  const LeaseRange = range === undefined ? null : shownAs({ StartIP: range.start_ip ?? null, EndIP: range.end_ip ?? null }, range);
  return shownAs({ Subnet: subnet.subnet, Gateway: subnet.gateway ?? null, LeaseRange }, subnet);
}

function routeView(route: Route): object {
  return shownAs({ Destination: route.destination, Gateway: route.gateway, Metric: route.metric ?? null }, route);
}

function memberView(member: NetworkMember): object {
  const interfaces = Object.entries(member.interfaces).map(([name, { mac_address, subnets }]) => [
    name,
    { MacAddress: mac_address, Subnets: (subnets ?? []).map(({ ipnet, gateway }) => ({ IPNet: ipnet, Gateway: gateway ?? null })) },
  ]);
  return shownAs({ Name: member.name, Interfaces: asMap(Object.fromEntries(interfaces)) }, member);
}

function shownAs<T extends object>(view: T, json: object): T {
  Object.defineProperty(view, 'toJSON', { value: () => json, enumerable: false });
  return view;
}

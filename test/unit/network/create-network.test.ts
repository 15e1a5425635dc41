import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadContainersConf } from '../../../src/config/containers-conf.ts';
import { createNetwork, type NetworkWish } from '../../../src/network/create-network.ts';
import { NetworkStore } from '../../../src/network/network-store.ts';
import { parseLeaseRange, parsePairs, parseRoute, parseSubnets } from '../../../src/network/parse-wish.ts';

let directory: string;
let store: NetworkStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-networks-'));
  const paths = { configDir: join(directory, 'networks'), runDir: join(directory, 'run'), lock: join(directory, 'lock') };
  store = new NetworkStore(paths, loadContainersConf());
});
afterEach(() => rmSync(directory, { recursive: true }));

const create = (wish: NetworkWish) => createNetwork(store, wish).network;

describe('createNetwork', () => {
  it('chooses name, bridge, subnet and gateway, and writes them as podman does', () => {
    const network = create({});
    expect(network).toMatchObject({ driver: 'bridge', dns_enabled: true, ipv6_enabled: false, ipam_options: { driver: 'host-local' } });
    expect(network.name).toMatch(/^podman\d+$/);
    expect(network.network_interface).toBe(network.name);
    expect(network.subnets![0]!.subnet).toMatch(/^10\.\d+\.\d+\.0\/24$/);
    const text = readFileSync(join(directory, 'networks', `${network.name}.json`), 'utf8');
    expect(text).toMatch(/^\{\n {5}"name": /);
    expect(text.endsWith('}\n')).toBe(true);
    expect(Object.keys(JSON.parse(text))).toEqual([
      'name',
      'id',
      'driver',
      'network_interface',
      'created',
      'subnets',
      'ipv6_enabled',
      'internal',
      'dns_enabled',
      'ipam_options',
    ]);
    expect(store.find(network.id.slice(0, 8)).name).toBe(network.name);
    expect(create({}).subnets).not.toEqual(network.subnets);
  });

  it('adds a subnet of the family that lacks', () => {
    const { subnets } = create({ name: 'dual', ipv6: true });
    expect(subnets!.map(({ subnet }) => subnet.includes(':'))).toEqual([false, true]);
    expect(create({ name: 'six', ipv6: true, subnets: [{ subnet: 'fd12::/64' }] }).subnets).toHaveLength(2);
  });

  it('has no gateway in an internal network without DNS', () => {
    expect(create({ name: 'in', internal: true, dns: false }).subnets![0]).not.toHaveProperty('gateway');
  });

  // Texts of podman 5.8.6.
  it.each<[NetworkWish, string]>([
    [{ name: 'a@b' }, 'network name a@b invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument'],
    [{ name: 'host' }, 'cannot create network with name "host" because it conflicts with a valid network mode'],
    [{ name: 'podman' }, 'network name podman already used: network already exists'],
    [{ subnets: [{ subnet: '10.88.7.0/24' }] }, 'subnet 10.88.7.0/24 is already used on the host or by another config'],
    [{ subnets: [{ subnet: '10.97.0.0/24', gateway: '10.9.0.1' }] }, 'gateway 10.9.0.1 not in subnet 10.97.0.0/24'],
    [
      { subnets: [{ subnet: '10.97.0.0/24', lease_range: { start_ip: '10.96.0.1' } }] },
      'lease range start ip 10.96.0.1 not in subnet 10.97.0.0/24',
    ],
    [{ options: { foo: 'bar' } }, 'unsupported bridge network option foo'],
    [{ options: { isolate: 'xx' } }, 'failed to parse isolate option: strconv.ParseBool: parsing "xx": invalid syntax'],
    [{ options: { vlan: '5000' } }, 'vlan ID 5000 must be between 0 and 4094'],
    [{ options: { mtu: '-1' } }, 'mtu -1 is less than zero'],
    [{ driver: 'macvlan', networkInterface: 'nope' }, 'parent interface nope does not exist'],
    [{ driver: 'ipvlan' }, 'ipam driver dhcp is not supported with ipvlan'],
    [{ driver: 'foo' }, 'failed to find driver or plugin "foo"'],
    [
      { networkInterface: 'abcdefghijklmnopq', name: 'x' },
      'network interface name abcdefghijklmnopq invalid: interface name is too long: interface names must be 15 characters or less: invalid argument',
    ],
    [{ dns: false, dnsServers: ['1.1.1.1'] }, 'cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument'],
    [{ dnsServers: ['x'] }, 'unable to parse ip x specified in NetworkDNSServers: invalid argument'],
    [{ ipamDriver: 'x' }, 'unsupported ipam driver "x"'],
    [{ ipamDriver: 'none', subnets: [{ subnet: '10.97.0.0/24' }] }, 'none ipam driver is set but subnets are given'],
  ])('refuses %j', (wish, text) => {
    expect(() => create(wish)).toThrow(text);
  });

  it('keeps the default network and forgets others', () => {
    create({ name: 'one' });
    expect(() => store.remove('podman')).toThrow('default network podman cannot be removed');
    store.remove('one');
    expect(() => store.remove('one')).toThrow('unable to find network with name or ID one: network not found');
  });

  it('never leaves its directory, whatever a network is called', () => {
    expect(store.exists('../../etc/passwd')).toBe(false);
    expect(store.exists('')).toBe(false);
  });
});

describe('what network create is told', () => {
  it('reads ranges and routes', () => {
    expect(parseLeaseRange('10.99.0.128/25')).toEqual({ start_ip: '10.99.0.129', end_ip: '10.99.0.255' });
    expect(parseLeaseRange('10.0.0.5-10.0.0.9')).toEqual({ start_ip: '10.0.0.5', end_ip: '10.0.0.9' });
    expect(parseRoute('10.100.0.0/24,10.99.0.5,3')).toEqual({ destination: '10.100.0.0/24', gateway: '10.99.0.5', metric: 3 });
    expect(parsePairs(['a=b=c', 'd'], 'x')).toEqual({ a: 'b=c', d: '' });
  });

  it('complains as podman does', () => {
    expect(() => parseRoute('foo')).toThrow('invalid route: foo\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>');
    expect(() => parseSubnets(['10.99.0'], [], [])).toThrow('invalid CIDR address: 10.99.0');
    expect(() => parseSubnets([], [], ['10.9.0.1'])).toThrow('cannot set gateway or range without subnet');
    expect(() => parseLeaseRange('x-10.0.0.1')).toThrow('range start ip "x" is not a ip address');
  });
});

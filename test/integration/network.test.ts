import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHelperBinary, loadContainersConf } from '../../src/config/containers-conf.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { assignedAddresses } from '../../src/network/ipam.ts';
import { namespaceAddresses } from '../../src/network/live-interfaces.ts';
import { createNetworkNamespace, deleteNetworkNamespace } from '../../src/network/namespace.ts';
import { setupPasta } from '../../src/network/pasta.ts';
import { type NetworkRequest, openNetworks, setupContainerNetwork, teardownContainerNetwork } from '../../src/network/setup.ts';
import { setupUserModeNetwork } from '../../src/network/user-mode-setup.ts';

const available = (name: string): boolean => {
  try {
    return findHelperBinary(name) !== '';
  } catch {
    return false;
  }
};
const isRoot = process.geteuid!() === 0;

describe.skipIf(!isRoot || !available('netavark'))('bridges by netavark', () => {
  const directory = mkdtempSync(join(tmpdir(), 'selkie-net-'));
  const context = {
    paths: { graphRoot: join(directory, 'root'), runRoot: join(directory, 'run') },
    conf: loadContainersConf(),
    networkConfigDir: join(directory, 'networks'),
  };
  const store = openNetworks(context);
  const name = `selkietest${process.pid % 10000}`;
  const opened: NetworkRequest[] = [];

  const request = (letter: string, more: Partial<NetworkRequest> = {}): NetworkRequest => {
    const id = letter.repeat(64);
    const made = {
      containerId: id,
      containerName: `c-${letter}`,
      hostname: id.slice(0, 12),
      netnsPath: more.netnsPath ?? createNetworkNamespace(),
      networks: { [name]: { interfaceName: 'eth0', aliases: [id.slice(0, 12)] } },
      portMappings: [],
      dnsServers: [],
      ...more,
    };
    opened.push(made);
    return made;
  };

  beforeAll(() => {
    createNetwork(store, { name, dns: false });
  });
  afterAll(async () => {
    for (const one of opened) {
      await teardownContainerNetwork(context, one).catch(() => {});
      deleteNetworkNamespace(one.netnsPath);
    }
    store.remove(name);
    rmSync(directory, { recursive: true });
  });

  it('connects two containers with each other and gives everything back', async () => {
    const [one, two] = [request('1'), request('2')];
    const statuses = await Promise.all([setupContainerNetwork(context, one), setupContainerNetwork(context, two)]);
    const addresses = statuses.map((status) => status[name]!.interfaces!['eth0']!.subnets![0]!.ipnet.split('/')[0]!);
    expect(new Set(addresses).size).toBe(2);
    expect(namespaceAddresses(one.netnsPath)).toContain(addresses[0]);
    const server = spawn('nsenter', [`--net=${one.netnsPath}`, 'busybox', 'nc', '-l', '-p', '7000', '-e', 'echo', 'hello'], {
      stdio: 'ignore',
    });
    const answer = await talk(two.netnsPath, addresses[0]!);
    server.kill();
    expect(answer).toBe('hello\n');
    await teardownContainerNetwork(context, one);
    await teardownContainerNetwork(context, one);
    expect(assignedAddresses(store.paths, one.containerId, [name])).toEqual({});
    expect(namespaceAddresses(one.netnsPath)).toEqual([]);
  });

  it('takes a wished-for address and MAC, and says who has it already', async () => {
    const free = store.find(name).subnets![0]!.subnet.replace(/\.0\/24$/, '.77');
    const networks = { [name]: { interfaceName: 'net0', staticIps: [free], staticMac: '92:d0:c6:0a:29:33' } };
    const status = await setupContainerNetwork(context, request('3', { networks }));
    expect(status[name]!.interfaces!['net0']!.mac_address.toLowerCase()).toBe('92:d0:c6:0a:29:33');
    await expect(setupContainerNetwork(context, request('4', { networks }))).rejects.toThrow(
      `IPAM error: requested ip address ${free} is already allocated to container ID ${'3'.repeat(64)}`,
    );
    const outside = request('5', { networks: { [name]: { interfaceName: 'eth0', staticIps: ['192.0.2.1'] } } });
    await expect(setupContainerNetwork(context, outside)).rejects.toThrow(
      `requested static ip 192.0.2.1 not in any subnet on network ${name}`,
    );
  });

  it('gives the address back when netavark fails', async () => {
    const broken = request('6', { netnsPath: '/run/netns/there-is-none' });
    await expect(setupContainerNetwork(context, broken)).rejects.toThrow(/^netavark: /);
    expect(assignedAddresses(store.paths, broken.containerId, [name])).toEqual({});
  });

  it('says which network is not there', async () => {
    const lost = request('7', { networks: { nope: { interfaceName: 'eth0' } } });
    await expect(setupContainerNetwork(context, lost)).rejects.toThrow('unable to find network with name or ID nope: network not found');
  });
});

async function talk(netns: string, address: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { stdout } = spawnSync('nsenter', [`--net=${netns}`, 'busybox', 'nc', '-w', '2', address, '7000'], {
      encoding: 'utf8',
      input: '',
    });
    if (stdout !== '') return stdout;
    await new Promise((done) => setTimeout(done, 50));
  }
  return '';
}

describe.skipIf(!isRoot)('namespaces', () => {
  it('are made and removed without a process, and this thread stays where it was', () => {
    const before = namespaceAddresses('/proc/self/ns/net');
    const path = createNetworkNamespace();
    expect(path).toMatch(/^\/run\/netns\/netns-[0-9a-f-]{36}$/);
    expect(namespaceAddresses(path)).toEqual([]);
    expect(namespaceAddresses('/proc/self/ns/net')).toEqual(before);
    deleteNetworkNamespace(path);
    deleteNetworkNamespace(path);
    expect(existsSync(path)).toBe(false);
  });

  // Debian 12's pasta cannot be run by root where there are no namespaces for nobody.
  it.skipIf(!available('pasta') || /unknown version|git2023/.test(spawnSync('pasta', ['--version'], { encoding: 'utf8' }).stdout ?? ''))(
    'are connected by pasta',
    () => {
      const path = createNetworkNamespace();
      try {
        const network = setupPasta(path, []);
        expect(network.ipAddresses.length).toBeGreaterThan(0);
        expect(network.dnsForwardIps).toEqual(['169.254.1.1']);
        expect(() => setupPasta(path, [], ['--no-such-option'])).toThrow(/^pasta failed with exit code 1:\n/);
      } finally {
        deleteNetworkNamespace(path);
      }
    },
  );

  it.skipIf(!available('slirp4netns'))('are connected by slirp4netns, which ends with its pipe', async () => {
    const path = createNetworkNamespace();
    try {
      const network = setupUserModeNetwork({
        mode: 'slirp4netns',
        options: ['cidr=10.0.9.0/24'],
        containerId: 'selkie-test',
        netnsPath: path,
        portMappings: [],
      });
      expect(namespaceAddresses(path)).toContain('10.0.9.100');
      expect(network.dnsForwardIps).toEqual(['10.0.9.3']);
      const { closeSync } = await import('node:fs');
      for (const fd of network.keepOpen) closeSync(fd);
      await expect.poll(() => namespaceAddresses(path), { timeout: 5000 }).not.toContain('10.0.9.100');
      expect(() =>
        setupUserModeNetwork({ mode: 'slirp4netns', options: ['mtu=1'], containerId: 'x', netnsPath: path, portMappings: [] }),
      ).toThrow('invalid mtu "1"');
    } finally {
      deleteNetworkNamespace(path);
    }
  });
});

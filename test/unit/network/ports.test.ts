import { closeSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { pastaArguments } from '../../../src/network/pasta.ts';
import { reservePorts, settlePortMappings } from '../../../src/network/ports.ts';
import type { PortMapping } from '../../../src/network/types.ts';

const port = (hostPort: number, containerPort: number, more: Partial<PortMapping> = {}): PortMapping => ({
  hostIp: '',
  hostPort,
  containerPort,
  range: 1,
  protocol: '',
  ...more,
});

describe('settlePortMappings', () => {
  it('joins what runs alike, by address and protocol', () => {
    expect(
      settlePortMappings([port(8081, 81), port(8080, 80), port(8080, 80, { protocol: 'udp' }), port(8082, 82, { hostIp: '127.0.0.1' })]),
    ).toEqual([
      port(8080, 80, { range: 2, protocol: 'tcp' }),
      port(8080, 80, { protocol: 'udp' }),
      port(8082, 82, { hostIp: '127.0.0.1', protocol: 'tcp' }),
    ]);
  });

  it('splits lists of protocols and finds free host ports', () => {
    const [tcp, udp] = settlePortMappings([port(0, 53, { protocol: 'tcp,udp' })]);
    expect([tcp!.protocol, udp!.protocol]).toEqual(['tcp', 'udp']);
    expect(tcp!.hostPort).toBeGreaterThan(1023);
  });

  it('publishes exposed ports that are not published yet', () => {
    const settled = settlePortMappings(
      [port(8080, 80)],
      [
        { port: 80, protocol: 'tcp' },
        { port: 443, protocol: 'tcp' },
      ],
    );
    expect(settled.map(({ containerPort }) => containerPort)).toEqual([80, 443]);
  });

  it.each<[PortMapping, string]>([
    [port(1, 1, { protocol: 'icmp' }), 'unrecognized protocol "icmp" in port mapping'],
    [port(1, 0), 'container port number must be non-0'],
    [port(1, 65535, { range: 2 }), 'container port range exceeds maximum allowable port number'],
    [port(65535, 1, { range: 2 }), 'host port range exceeds maximum allowable port number'],
    [port(1, 1, { hostIp: 'x' }), 'invalid IP address "x" in port mapping'],
  ])('refuses %j', (mapping, text) => {
    expect(() => settlePortMappings([mapping])).toThrow(text);
  });

  it('refuses one host port for two', () => {
    expect(() => settlePortMappings([port(8080, 80, { range: 3 }), port(8081, 90)])).toThrow(
      'conflicting port mappings for host port 8081 (protocol tcp)',
    );
  });
});

describe('reservePorts', () => {
  it('holds a port and names one that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port: taken } = server.address() as { port: number };
    const mapping = port(taken, 80, { hostIp: '127.0.0.1', protocol: 'tcp' });
    expect(() => reservePorts([mapping])).toThrow(
      `cannot listen on the TCP port: listen tcp4 127.0.0.1:${taken}: bind: address already in use`,
    );
    await new Promise((closed) => server.close(closed));
    const held = reservePorts([mapping]);
    expect(() => reservePorts([mapping])).toThrow('address already in use');
    for (const fd of held) closeSync(fd);
  });
});

describe('pastaArguments', () => {
  it('says what podman says, in its order', () => {
    const { args } = pastaArguments(
      '/run/netns/x',
      [port(8080, 80, { protocol: 'tcp', hostIp: '127.0.0.1', range: 2 })],
      ['--mtu', '1500'],
      ['-4'],
    );
    expect(args.join(' ')).toBe(
      '--config-net -4 --mtu 1500 -t 127.0.0.1/8080-8081:80-81 --dns-forward 169.254.1.1 -u none -T none -U none --no-map-gw --quiet --netns /run/netns/x --map-guest-addr 169.254.1.2',
    );
  });

  it('leaves out what the user set', () => {
    const extra = ['--map-gw', '-T', '5000', '--dns-forward', '1.2.3.4', '--map-guest-addr', 'none', '-d'];
    const { args, dnsForwardIps, mapGuestIps } = pastaArguments('/n', [], extra, []);
    expect(args.join(' ')).toBe('--config-net -T 5000 --dns-forward 1.2.3.4 --map-guest-addr none -d -t none -u none -U none --netns /n');
    expect([dnsForwardIps, mapGuestIps]).toEqual([['1.2.3.4'], []]);
  });

  it('cannot forward SCTP', () => {
    expect(() => pastaArguments('/n', [port(1, 1, { protocol: 'sctp' })], [], [])).toThrow("can't forward protocol: sctp");
  });
});

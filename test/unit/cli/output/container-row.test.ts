import { describe, expect, it } from 'vitest';
import { portsText } from '../../../../src/cli/output/container-row.ts';

const port = (container_port: number, host_port: number, range = 1, host_ip = '', protocol = 'tcp') => ({
  container_port,
  host_port,
  range,
  host_ip,
  protocol,
});

describe('portsText', () => {
  it.each([
    ['nothing', null, null, ''],
    ['a port', [port(80, 8080)], null, '0.0.0.0:8080->80/tcp'],
    ['a range', [port(80, 8080, 3, '127.0.0.1', 'udp')], null, '127.0.0.1:8080-8082->80-82/udp'],
    ['exposed neighbours', null, { 80: ['tcp'], 81: ['tcp'], 90: ['tcp', 'udp'] }, '80-81/tcp, 90/tcp, 90/udp'],
    ['exposed and published', [port(80, 8080)], { 80: ['tcp'], 443: ['tcp'] }, '0.0.0.0:8080->80/tcp, 443/tcp'],
  ])('%s', (_, Ports, ExposedPorts, expected) => {
    expect(portsText({ Ports, ExposedPorts: ExposedPorts as Record<string, string[]> | null })).toBe(expected);
  });
});

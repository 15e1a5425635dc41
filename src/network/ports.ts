import { closeSync } from 'node:fs';
import { OsError } from '../os/libc.ts';
import { boundPort, occupyPort } from '../os/sockets.ts';
import { parseIp } from './addresses.ts';
import { InvalidPort } from './errors.ts';
import type { PortMapping } from './types.ts';

const protocolOrder = ['tcp', 'udp', 'sctp'];

/** The protocols of a comma-separated list, lower case, without repetition; none means tcp. @throws InvalidPort */
export function portProtocols(text: string): string[] {
  const protocols = text.split(',').map((protocol) => protocol.toLowerCase() || 'tcp');
  const unknown = protocols.find((protocol) => !protocolOrder.includes(protocol));
  if (unknown !== undefined) throw new InvalidPort(`unrecognized protocol "${unknown}" in port mapping`);
  return [...new Set(protocols)];
}

/**
 * Makes the mappings of a container final, as podman does: one protocol each, adjoining ones joined into ranges, a free host port
 * where none was named.
 * @param exposed ports to publish at free host ports unless they are published already (`--publish-all`)
 * @throws InvalidPort
 */
export function settlePortMappings(
  mappings: readonly PortMapping[],
  exposed: readonly { port: number; protocol: string }[] = [],
): PortMapping[] {
  const groups = new Map<string, PortMapping[]>();
  for (const mapping of mappings) {
    checkMapping(mapping);
    for (const protocol of portProtocols(mapping.protocol)) {
      const group = `${mapping.hostIp} ${protocol}`;
      groups.set(group, [...(groups.get(group) ?? []), { ...mapping, range: mapping.range || 1, protocol }]);
    }
  }
  const settled = [...groups.values()].flatMap(settleGroup);
  for (const { port, protocol: list } of exposed) {
    for (const protocol of portProtocols(list)) {
      if (settled.some((other) => other.protocol === protocol && covers(other.containerPort, other.range, port))) continue;
      settled.push(withFreePort({ hostIp: '', containerPort: port, hostPort: 0, range: 1, protocol }, settled));
    }
  }
  return settled;
}

function checkMapping(mapping: PortMapping): void {
  if (mapping.hostIp !== '' && parseIp(mapping.hostIp) === undefined) {
    throw new InvalidPort(`invalid IP address "${mapping.hostIp}" in port mapping`);
  }
  if (mapping.containerPort === 0) throw new InvalidPort('container port number must be non-0');
  const more = (mapping.range || 1) - 1;
  if (mapping.containerPort + more > 65535) throw new InvalidPort('container port range exceeds maximum allowable port number');
  if (mapping.hostPort + more > 65535) throw new InvalidPort('host port range exceeds maximum allowable port number');
}

function settleGroup(group: PortMapping[]): PortMapping[] {
  const byPort = (one: PortMapping, other: PortMapping): number => one.hostPort - other.hostPort || one.containerPort - other.containerPort;
  const named = group.filter(({ hostPort }) => hostPort !== 0).sort(byPort);
  const open = group.filter(({ hostPort }) => hostPort === 0).sort(byPort);
  const settled: PortMapping[] = [];
  for (const port of named) {
    const previous = settled.at(-1);
    if (previous === undefined || !joinNamed(previous, port)) settled.push({ ...port });
  }
  const joined: PortMapping[] = [];
  for (const port of open) {
    const previous = joined.at(-1);
    if (previous === undefined || previous.containerPort + previous.range <= port.containerPort) joined.push({ ...port });
    else previous.range = Math.max(previous.range, port.containerPort - previous.containerPort + port.range);
  }
  for (const port of joined) settled.push(withFreePort(port, settled));
  return settled;
}

/** Lengthens `previous` by `port` if host and container ports run alike. */
function joinNamed(previous: PortMapping, port: PortMapping): boolean {
  const end = previous.hostPort + previous.range;
  if (end < port.hostPort) return false;
  const distance = port.hostPort - previous.hostPort;
  if (distance === port.containerPort - previous.containerPort) {
    previous.range = Math.max(previous.range, port.range + distance);
    return true;
  }
  if (end - 1 > port.hostPort) {
    throw new InvalidPort(`conflicting port mappings for host port ${port.hostPort} (protocol ${port.protocol})`);
  }
  return false;
}

const covers = (start: number, range: number, port: number): boolean => port >= start && port < start + range;

function withFreePort(mapping: PortMapping, used: readonly PortMapping[]): PortMapping {
  for (let attempt = 0; attempt < 15; attempt++) {
    const hostPort = freePort();
    const end = hostPort + mapping.range;
    if (end > 65535) continue;
    if (used.every((other) => other.hostPort >= end || other.hostPort + other.range <= hostPort)) return { ...mapping, hostPort };
  }
  const range = mapping.range > 1 ? `with range ${mapping.range} ` : '';
  throw new InvalidPort(`failed to find an open port to expose container port ${mapping.containerPort} ${range}on the host`);
}

/** A TCP port that nothing listens on at this moment. */
function freePort(): number {
  const fd = occupyPort('tcp', '', 0);
  try {
    return boundPort(fd);
  } finally {
    closeSync(fd);
  }
}

/** A host port that another program holds, or that we may not have. */
export class PortInUse extends InvalidPort {
  constructor(
    readonly protocol: string,
    readonly hostIp: string,
    readonly port: number,
    readonly reason: string,
  ) {
    const v6 = hostIp.includes(':');
    const address = `${v6 ? `[${hostIp}]` : hostIp}:${port}`;
    super(`cannot listen on the ${protocol.toUpperCase()} port: listen ${protocol}${v6 ? 6 : 4} ${address}: bind: ${reason}`);
  }
}

/**
 * Holds the host ports of mappings, so that nobody else takes them while firewall rules lead their packets away. SCTP is not held.
 * @returns descriptors for conmon to inherit  @throws PortInUse
 */
export function reservePorts(mappings: readonly PortMapping[]): number[] {
  const held: number[] = [];
  try {
    for (const mapping of mappings) {
      for (const protocol of portProtocols(mapping.protocol)) {
        for (let at = 0; at < mapping.range && protocol !== 'sctp'; at++)
          held.push(reserve(protocol, mapping.hostIp, mapping.hostPort + at));
      }
    }
    return held;
  } catch (error) {
    for (const fd of held) closeSync(fd);
    throw error;
  }
}

function reserve(protocol: string, hostIp: string, port: number): number {
  try {
    return occupyPort(protocol, hostIp, port);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    throw new PortInUse(protocol, hostIp, port, error.message.slice(error.message.indexOf(': ') + 2));
  }
}

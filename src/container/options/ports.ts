import type { PortMapping } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { ExposedPort } from '../create-options.ts';
import { canonicalIp } from './addresses.ts';
import { parseInteger } from './numbers.ts';

/** `--publish [[hostip:]hostport[-end]:]containerport[-end][/protocol]`; host port 0 is found when the container is created. */
export function parsePublish(values: string[]): PortMapping[] {
  return values.map(parsePort);
}

function parsePort(text: string): PortMapping {
  const [address, protocol, ...more] = text.split('/');
  if (more.length > 0) throw new InvalidOption('invalid port format - protocol can only be specified once');
  let remainder = address ?? '';
  let hostIp: string | undefined;
  const bracketed = remainder.split(']');
  if (bracketed.length > 2) throw new InvalidOption('invalid port format - at most one IPv6 address can be specified in a --publish');
  if (bracketed.length === 2) {
    const [before = '', after = ''] = bracketed;
    if (!before.startsWith('[')) throw new InvalidOption('invalid port format - IPv6 addresses must be enclosed by []');
    if (!after.startsWith(':')) throw new InvalidOption("invalid port format - IPv6 address must be followed by a colon (':')");
    hostIp = before.slice(1);
    remainder = after.slice(1);
  }
  const parts = remainder.split(':');
  const isV6 = hostIp !== undefined;
  switch (parts.length) {
    case 1:
      if (isV6) throw new InvalidOption('invalid port format - must provide host and destination port if specifying an IP');
      return portMapping(undefined, undefined, parts[0] ?? '', protocol);
    case 2:
      return portMapping(hostIp, parts[0], parts[1] ?? '', protocol);
    case 3:
      if (isV6) throw new InvalidOption('invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort');
      return portMapping(parts[0], parts[1], parts[2] ?? '', protocol);
    default:
      throw new InvalidOption('invalid port format - format is [[hostIP:]hostPort:]containerPort');
  }
}

function portMapping(hostIp: string | undefined, hostPort: string | undefined, containerPort: string, protocol?: string): PortMapping {
  if (containerPort === '') throw new InvalidOption('must provide a non-empty container port to publish');
  const container = within('parsing container port', () => parsePortRange(containerPort));
  const mapping: PortMapping = { hostIp: '', containerPort: container.start, hostPort: 0, range: container.length, protocol: '' };
  if (protocol !== undefined) {
    if (protocol === '') throw new InvalidOption('must provide a non-empty protocol to publish');
    mapping.protocol = protocol;
  }
  if (hostIp !== undefined) {
    if (hostIp === '') throw new InvalidOption('must provide a non-empty container host IP to publish');
    if (hostIp !== '0.0.0.0') {
      const ip = canonicalIp(hostIp);
      if (ip === undefined) throw new InvalidOption(`cannot parse ${JSON.stringify(hostIp)} as an IP address`);
      mapping.hostIp = ip;
    }
  }
  if (hostPort) {
    const host = within('parsing host port', () => parsePortRange(hostPort));
    if (host.length !== container.length)
      throw new InvalidOption(`host and container port ranges have different lengths: ${host.length} vs ${container.length}`);
    mapping.hostPort = host.start;
  }
  return mapping;
}

function within<T>(step: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidOption(`${step}: ${(error as Error).message}`, { cause: error });
  }
}

function parsePortRange(text: string): { start: number; length: number } {
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) throw new InvalidOption('invalid port format - port ranges are formatted as startPort-stopPort');
  if (first === '') throw new InvalidOption('port numbers cannot be negative');
  const start = parsePortNumber(first);
  if (last === undefined) return { start, length: 1 };
  if (last === '') throw new InvalidOption('must provide ending number for port range');
  const end = parsePortNumber(last);
  if (end <= start)
    throw new InvalidOption(`the end port of a range must be higher than the start port - ${end} is not higher than ${start}`);
  return { start, length: end - start + 1 };
}

function parsePortNumber(text: string): number {
  const number = within('invalid port number', () => parseInteger(text));
  if (number < 1 || number > 65535) throw new InvalidOption(`port numbers must be between 1 and 65535 (inclusive), got ${number}`);
  return number;
}

/** `--expose` and the image's ExposedPorts: `80`, `80/udp`, `8000-8010/tcp`. */
export function parseExpose(values: string[]): ExposedPort[] {
  const exposed: ExposedPort[] = [];
  for (const value of values) {
    const [range = '', protocol = 'tcp', ...more] = value.split('/');
    if (more.length > 0) throw new InvalidOption('invalid expose format - protocol can only be specified once');
    const { start, length } = parsePortRange(range);
    for (let port = start; port < start + length; port++) exposed.push({ port, protocol });
  }
  return exposed;
}

/** The check that `--expose` values get first; its texts differ from those of the conversion. */
export function verifyExpose(values: string[]): void {
  for (const value of values) {
    const range = value.split('/')[0] ?? '';
    const fail = (reason: string) => {
      throw new InvalidOption(`invalid range format for --expose: ${value}: ${reason}`);
    };
    if (range === '') fail('empty string specified for ports');
    const parts = range.split('-');
    for (const part of parts) {
      if (!/^[0-9]+$/.test(part)) fail(`strconv.ParseUint: parsing ${JSON.stringify(part)}: invalid syntax`);
      if (Number(part) > 65535) fail(`strconv.ParseUint: parsing ${JSON.stringify(part)}: value out of range`);
    }
    if (parts.length > 2) fail(`strconv.ParseUint: parsing ${JSON.stringify(range.slice(range.indexOf('-') + 1))}: invalid syntax`);
    if (parts.length === 2 && Number(parts[1]) < Number(parts[0])) fail(`Invalid range specified for the Port: ${range}`);
  }
}

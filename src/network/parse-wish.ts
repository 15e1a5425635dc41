import { firstHost, formatCidr, formatIp, lastAddress, networkOf, parseCidr, parseIp } from './addresses.ts';
import { InvalidNetwork } from './errors.ts';
import type { LeaseRange, Route, Subnet } from './types.ts';

/** `--subnet`, with the `--ip-range` and `--gateway` at the same place in their lists. @throws InvalidNetwork */
export function parseSubnets(subnets: readonly string[], ranges: readonly string[], gateways: readonly string[]): Subnet[] {
  if (subnets.length === 0) {
    if (ranges.length > 0 || gateways.length > 0) throw new InvalidNetwork('cannot set gateway or range without subnet');
    return [];
  }
  if (gateways.length > subnets.length) throw new InvalidNetwork('cannot set more gateways than subnets');
  if (ranges.length > subnets.length) throw new InvalidNetwork('cannot set more ranges than subnets');
  return subnets.map((text, at) => {
    const cidr = parseCidr(text);
    if (cidr === undefined) throw new InvalidNetwork(`invalid CIDR address: ${text}`);
    const subnet: Subnet = { subnet: formatCidr(cidr) };
    if (gateways[at] !== undefined) subnet.gateway = gateways[at];
    if (ranges[at] !== undefined) subnet.lease_range = parseLeaseRange(ranges[at]);
    return subnet;
  });
}

/** `--ip-range`: `first-last` or a network whose addresses are meant. @throws InvalidNetwork */
export function parseLeaseRange(text: string): LeaseRange {
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const [start, end] = [text.slice(0, dash), text.slice(dash + 1)];
    const first = parseIp(start);
    if (first === undefined) throw new InvalidNetwork(`range start ip "${start}" is not a ip address`);
    const last = parseIp(end);
    if (last === undefined) throw new InvalidNetwork(`range end ip "${end}" is not a ip address`);
    return { start_ip: formatIp(first), end_ip: formatIp(last) };
  }
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new InvalidNetwork(`invalid CIDR address: ${text}`);
  const network = networkOf(cidr);
  return { start_ip: formatIp(firstHost(network)), end_ip: formatIp(lastAddress(network)) };
}

/** `--route DESTINATION,GATEWAY[,METRIC]`. @throws InvalidNetwork */
export function parseRoute(text: string): Route {
  const [destination = '', gateway = '', metric, ...more] = text.split(',');
  if (gateway === '' && !text.includes(',')) throw invalidRoute(text);
  if (more.length > 0) throw invalidRoute(text);
  const cidr = parseCidr(destination);
  if (cidr === undefined) throw new InvalidNetwork(`invalid route destination ${destination}`);
  const address = parseIp(gateway);
  if (address === undefined) throw new InvalidNetwork(`invalid route gateway ${gateway}`);
  const route: Route = { destination: formatCidr(cidr), gateway: formatIp(address) };
  if (metric === undefined) return route;
  if (!/^\d+$/.test(metric) || Number(metric) > 0xffff_ffff) throw new InvalidNetwork(`invalid route metric ${metric}`);
  return { ...route, metric: Number(metric) };
}

const invalidRoute = (text: string): InvalidNetwork =>
  new InvalidNetwork(`invalid route: ${text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>`);

/** `--label` and `--opt`: `NAME=VALUE`, or a name alone. @throws InvalidNetwork that begins with `complaint` */
export function parsePairs(pairs: readonly string[], complaint: string): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      const name = at < 0 ? pair : pair.slice(0, at);
      if (name === '') throw new InvalidNetwork(`${complaint}: invalid label format: ${JSON.stringify(pair)}`);
      return [name, at < 0 ? '' : pair.slice(at + 1)];
    }),
  );
}

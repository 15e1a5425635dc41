import { findHelperBinary, loadContainersConf } from '../config/containers-conf.ts';
import { info } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { parseIp } from './addresses.ts';
import { InvalidPort } from './errors.ts';
import { namespaceAddresses } from './live-interfaces.ts';
import type { PortMapping } from './types.ts';
import type { UserModeNetwork } from './user-mode.ts';

const DNS_FORWARD = '169.254.1.1';
const MAP_GUEST = '169.254.1.2';

/** pasta could not connect a namespace; what it printed is in the text. */
export class PastaError extends SelkieError {
  constructor(
    readonly status: number,
    readonly output: string,
  ) {
    super(`pasta failed with exit code ${status}:\n${output}`);
  }
}

interface PastaArguments {
  args: string[];
  dnsForwardIps: string[];
  mapGuestIps: string[];
}

/**
 * Connects a network namespace by pasta, which goes into the background once it works and ends when the namespace does.
 * @param extra what the user wrote after `--network pasta:`
 */
export function setupPasta(netnsPath: string, ports: readonly PortMapping[], extra: readonly string[] = []): UserModeNetwork {
  const program = findHelperBinary('pasta');
  let { args, dnsForwardIps, mapGuestIps } = pastaArguments(netnsPath, ports, extra, loadContainersConf().network.pasta_options);
  let result = run(program, args);
  if (result.status === 1 && result.output.includes("unrecognized option '--map-guest-addr") && mapGuestIps[0] === MAP_GUEST) {
    // pasta before 2024-08-14 has no such option; as it is the last one it can be left out.
    args = args.slice(0, -2);
    mapGuestIps = [];
    result = run(program, args);
  }
  if (result.status !== 0) throw new PastaError(result.status, result.output);
  if (result.output !== '') info(`pasta logged warnings: ${JSON.stringify(result.output.trim())}`);
  const ipAddresses = namespaceAddresses(netnsPath);
  const ipv6 = ipAddresses.some((address) => parseIp(address)?.bits === 128);
  const ipv4 = ipAddresses.some((address) => parseIp(address)?.bits === 32);
  const reachable = (address: string): boolean => (parseIp(address)?.bits === 128 ? ipv6 : ipv4);
  return { ipAddresses, ipv6, dnsForwardIps: dnsForwardIps.filter(reachable), mapGuestIps: mapGuestIps.filter(reachable) };
}

function run(program: string, args: string[]): { status: number; output: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([program, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  return { status: exitCode, output: `${stdout}${stderr}` };
}

/** pasta's command line, in podman's order. @throws InvalidPort for a protocol that pasta cannot forward */
export function pastaArguments(
  netnsPath: string,
  ports: readonly PortMapping[],
  extra: readonly string[],
  configured: readonly string[],
): PastaArguments {
  const chosen = [...configured, ...extra];
  const args = ['--config-net', ...chosen.filter((option) => option !== '--map-gw')];
  const given = (...options: string[]): boolean => options.some((option) => args.includes(option));
  // Some options take `none` for an address.
  const addressesOf = (option: string): string[] =>
    args.flatMap((word, at) => (word === option && parseIp(args[at + 1] ?? '') !== undefined ? [args[at + 1]!] : []));
  const quiet = !given('-d', '--debug', '--trace');
  const dnsForwardIps = addressesOf('--dns-forward');
  const mapGuestIps = addressesOf('--map-guest-addr');
  for (const port of ports) args.push(...port.protocol.split(',').flatMap((protocol) => portArguments(port, protocol)));
  if (!given('--dns-forward')) {
    dnsForwardIps.push(DNS_FORWARD);
    args.push('--dns-forward', DNS_FORWARD);
  }
  if (!given('-t', '--tcp-ports')) args.push('-t', 'none');
  if (!given('-u', '--udp-ports')) args.push('-u', 'none');
  if (!given('-T', '--tcp-ns')) args.push('-T', 'none');
  if (!given('-U', '--udp-ns')) args.push('-U', 'none');
  if (!chosen.includes('--map-gw')) args.push('--no-map-gw');
  if (quiet) args.push('--quiet');
  args.push('--netns', netnsPath);
  if (!given('--map-guest-addr')) {
    mapGuestIps.push(MAP_GUEST);
    args.push('--map-guest-addr', MAP_GUEST);
  }
  return { args, dnsForwardIps, mapGuestIps };
}

function portArguments(port: PortMapping, protocol: string): string[] {
  if (protocol !== 'tcp' && protocol !== 'udp') throw new InvalidPort(`can't forward protocol: ${protocol}`);
  const host = port.hostIp === '' ? '' : `${port.hostIp}/`;
  const run = `${host}${port.hostPort}-${port.hostPort + port.range - 1}:${port.containerPort}-${port.containerPort + port.range - 1}`;
  return [protocol === 'tcp' ? '-t' : '-u', run];
}

import { closeSync, openSync, readFileSync, readSync, unlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { findHelperBinary, loadContainersConf } from '../config/containers-conf.ts';
import { SelkieError } from '../errors.ts';
import { makePipe } from '../os/process.ts';
import { formatIp, networkOf, next, parseCidr, parseIp } from './addresses.ts';
import { inNamespaceCommand, tool } from './other-namespace.ts';
import type { PortMapping } from './types.ts';
import type { UserModeNetwork } from './user-mode.ts';

/** slirp4netns could not be started, or does not take an option; the text is podman's. */
export class Slirp4netnsError extends SelkieError {}

export interface Slirp4netnsRequest {
  containerId: string;
  netnsPath: string;
  ports: readonly PortMapping[];
  /** What the user wrote after `--network slirp4netns:`. */
  options: readonly string[];
  /** Read end of a pipe whose closing ends the process; its other end is conmon's to hold. */
  exitFd?: number;
}

export interface Slirp4netnsOptions {
  cidr: string;
  hostLoopback: boolean;
  ipv6: boolean;
  forwardsPorts: boolean;
  mtu: number;
  outboundAddr: string;
  outboundAddr6: string;
}

/** Parses slirp4netns' options as podman takes them, later ones over earlier ones. @throws Slirp4netnsError */
export function parseSlirp4netnsOptions(options: readonly string[]): Slirp4netnsOptions {
  const parsed: Slirp4netnsOptions = {
    cidr: '10.0.2.0/24',
    hostLoopback: false,
    ipv6: true,
    forwardsPorts: false,
    mtu: 65520,
    outboundAddr: '',
    outboundAddr6: '',
  };
  for (const option of options) {
    const at = option.indexOf('=');
    const value = option.slice(at + 1);
    const boolean = (name: string): boolean => {
      if (value !== 'true' && value !== 'false') throw new Slirp4netnsError(`invalid value of ${name} for slirp4netns: "${value}"`);
      return value === 'true';
    };
    switch (at < 0 ? '' : option.slice(0, at)) {
      case 'cidr':
        if (parseCidr(value)?.address.bits !== 32) throw new Slirp4netnsError(`invalid cidr "${value}"`);
        parsed.cidr = value;
        break;
      case 'port_handler':
        if (value !== 'slirp4netns' && value !== 'rootlesskit') {
          throw new Slirp4netnsError(`unknown port_handler for slirp4netns: "${value}"`);
        }
        parsed.forwardsPorts = value === 'slirp4netns';
        break;
      case 'allow_host_loopback':
        parsed.hostLoopback = boolean('allow_host_loopback');
        break;
      case 'enable_ipv6':
        parsed.ipv6 = boolean('enable_ipv6');
        break;
      case 'outbound_addr':
        if (parseIp(value)?.bits !== 32 && !(value in networkInterfaces())) throw new Slirp4netnsError(`invalid outbound_addr "${value}"`);
        parsed.outboundAddr = value;
        break;
      case 'outbound_addr6':
        if (parseIp(value)?.bits !== 128 && !(value in networkInterfaces()))
          throw new Slirp4netnsError(`invalid outbound_addr6: "${value}"`);
        parsed.outboundAddr6 = value;
        break;
      case 'mtu':
        if (!/^\d+$/.test(value) || Number(value) < 68) throw new Slirp4netnsError(`invalid mtu "${value}"`);
        parsed.mtu = Number(value);
        break;
      default:
        throw new Slirp4netnsError(`unknown option for slirp4netns: "${option}"`);
    }
  }
  return parsed;
}

/** Connects a network namespace by slirp4netns, which runs until its exit pipe closes or it is killed. @throws Slirp4netnsError */
export function setupSlirp4netns(request: Slirp4netnsRequest): UserModeNetwork & { childIp: string; forwardsPorts: boolean } {
  const conf = loadContainersConf();
  const options = parseSlirp4netnsOptions([...conf.engine.network_cmd_options, ...request.options]);
  const program = conf.engine.network_cmd_path || findHelperBinary('slirp4netns');
  const socket = request.ports.length > 0 && options.forwardsPorts ? join(conf.engine.tmp_dir, `${request.containerId}.net`) : undefined;
  using ready = makePipe();
  const args = slirp4netnsArguments(options, conf.engine.no_pivot_root, request.exitFd !== undefined, socket);
  const command = [...args, '--netns-type=path', request.netnsPath, 'tap0'];
  // Its sandbox unmounts what it sees: it is to see mounts of its own.
  const line = conf.engine.no_pivot_root ? [program] : [tool('unshare'), '--mount', '--propagation', 'private', program];
  const pid = withoutAddressDetection(request.netnsPath, options.ipv6, () =>
    start([...line, ...command], ready, request, conf.engine.tmp_dir),
  );
  const network = networkOf(parseCidr(options.cidr)!).address;
  if (socket !== undefined) {
    for (const port of request.ports) forwardPort(socket, port);
    unlinkSync(socket);
  }
  const address = formatIp(next(network, 100n));
  return {
    pid,
    ipAddresses: [address],
    childIp: address,
    dnsForwardIps: [formatIp(next(network, 3n))],
    mapGuestIps: [],
    ipv6: options.ipv6,
    forwardsPorts: options.forwardsPorts,
  };
}

function slirp4netnsArguments(options: Slirp4netnsOptions, noPivot: boolean, exitPipe: boolean, socket: string | undefined): string[] {
  if (options.outboundAddr6 !== '' && !options.ipv6) throw new Slirp4netnsError('enable_ipv6=true is required for outbound_addr6');
  return [
    ...(options.hostLoopback ? [] : ['--disable-host-loopback']),
    `--mtu=${options.mtu}`,
    ...(noPivot ? [] : ['--enable-sandbox']),
    '--enable-seccomp',
    ...(options.cidr === '10.0.2.0/24' ? [] : [`--cidr=${options.cidr}`]),
    ...(options.ipv6 ? ['--enable-ipv6'] : []),
    ...(options.outboundAddr === '' ? [] : [`--outbound-addr=${options.outboundAddr}`]),
    ...(options.outboundAddr6 === '' ? [] : [`--outbound-addr6=${options.outboundAddr6}`]),
    '-c',
    '-r',
    '3',
    ...(exitPipe ? ['-e', '4'] : []),
    ...(socket === undefined ? [] : ['--api-socket', socket]),
  ];
}

function start([program = '', ...args]: string[], ready: ReturnType<typeof makePipe>, request: Slirp4netnsRequest, tmpDir: string): number {
  const logPath = join(tmpDir, `slirp4netns-${request.containerId}.log`);
  const log = openSync(logPath, 'w+');
  unlinkSync(logPath);
  try {
    const extra = request.exitFd === undefined ? [ready.write] : [ready.write, request.exitFd];
    const child = Bun.spawn([program, ...args], { detached: true, stdio: ['ignore', log, log, ...extra] });
    child.unref();
    ready.closeWrite();
    if (readSync(ready.read, new Uint8Array(1)) === 1) return child.pid;
    throw new Slirp4netnsError(`${program} failed: ${JSON.stringify(readFileSync(`/proc/self/fd/${log}`, 'utf8'))}`);
  } finally {
    closeSync(log);
  }
}

/** Without this an IPv6 address is of no use for the first two seconds, until the kernel has looked for duplicates. */
function withoutAddressDetection<T>(netnsPath: string, ipv6: boolean, step: () => T): T {
  if (!ipv6) return step();
  const sysctl = '/proc/sys/net/ipv6/conf/default/accept_dad';
  const swap = (value: string): string => {
    const command = inNamespaceCommand(netnsPath, ['sh', '-c', 'cat "$0"; echo "$1" >"$0"', sysctl, value]);
    const { exitCode, stdout } = Bun.spawnSync(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
    return exitCode === 0 ? stdout.toString().trim() : '';
  };
  const before = swap('0');
  try {
    return step();
  } finally {
    if (before !== '') swap(before);
  }
}

function forwardPort(socket: string, port: PortMapping): void {
  for (const protocol of port.protocol.split(',')) {
    for (let at = 0; at < port.range; at++) {
      const request = {
        execute: 'add_hostfwd',
        arguments: {
          proto: protocol,
          host_addr: port.hostIp || '0.0.0.0',
          host_port: port.hostPort + at,
          guest_addr: '',
          guest_port: port.containerPort + at,
        },
      };
      const { connectStream } = require('../os/stream-sockets.ts') as typeof import('../os/stream-sockets.ts');
      const answer = JSON.parse(connectStream(socket, `${JSON.stringify(request)}\n`)) as { error?: unknown };
      if (answer.error !== undefined) {
        throw new Slirp4netnsError(`from slirp4netns while setting up port redirection: ${JSON.stringify(answer.error)}`);
      }
    }
  }
}

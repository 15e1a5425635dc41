import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { closeSync, createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { CLONE_NEWNET, enterNamespace } from '../os/namespaces.ts';
import { relayTargetFile } from './relay-target.ts';

/** What a port forwarder is told on its standard input; the keys are those of podman's rootlessport. */
export interface PortRelayRequest {
  Mappings: { host_ip: string; container_port: number; host_port: number; range: number; protocol: string }[];
  NetNSPath: string;
  /** Read end of a pipe: the forwarder ends when it closes. */
  ExitFD: number;
  /** Gets a byte when all ports listen. */
  ReadyFD: number;
  ChildIP: string;
  TmpDir: string;
  ContainerID: string;
}

const UDP_IDLE_MS = 60_000;

/**
 * Forwards ports of the host into a container's network namespace, where podman's rootlessport is not installed: the entry of a
 * process of its own. It listens first and then goes into the namespace: listening sockets stay where they were made, and what is
 * connected from then on is inside. Prints the reason and gives 1 if a port cannot be had.
 */
export async function runPortRelay(): Promise<number> {
  const request = JSON.parse(readFileSync(0, 'utf8')) as PortRelayRequest;
  try {
    const addressFile = relayTargetFile(request.TmpDir, request.ContainerID);
    mkdirSync(dirname(addressFile), { recursive: true, mode: 0o700 });
    writeFileSync(addressFile, request.ChildIP);
    process.on('exit', () => rmSync(addressFile, { force: true }));
    await listenAll(request, addressFile);
    enterNamespace(request.NetNSPath, CLONE_NEWNET);
  } catch (error) {
    writeSync(1, `${(error as Error).message}\n`);
    return 1;
  }
  writeSync(request.ReadyFD, '1');
  closeSync(request.ReadyFD);
  await new Promise((closed) => createReadStream('', { fd: request.ExitFD }).on('error', closed).on('close', closed).resume());
  process.exit(0);
}

async function listenAll(request: PortRelayRequest, addressFile: string): Promise<void> {
  for (const mapping of request.Mappings) {
    for (const protocol of mapping.protocol.split(',')) {
      for (let at = 0; at < mapping.range; at++) {
        const host = mapping.host_ip || '0.0.0.0';
        const target: Target = {
          get host() {
            return readFileSync(addressFile, 'utf8');
          },
          port: mapping.container_port + at,
        };
        try {
          await (protocol === 'udp'
            ? relayUdp(host, mapping.host_port + at, target)
            : relayTcp(protocol, host, mapping.host_port + at, target));
        } catch (error) {
          throw new Error(complaint(protocol, host, mapping.host_port + at, error as NodeJS.ErrnoException));
        }
      }
    }
  }
}

function complaint(protocol: string, host: string, port: number, error: NodeJS.ErrnoException): string {
  const listen = `listen ${protocol} ${host.includes(':') ? `[${host}]` : host}:${port}: bind`;
  if (error.code === 'EADDRINUSE') return `${listen}: address already in use`;
  if (error.code !== 'EACCES') return `${listen}: ${error.message}`;
  const first = readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').trim();
  return `cannot expose privileged port ${port}, you can add 'net.ipv4.ip_unprivileged_port_start=${port}' to /etc/sysctl.conf (currently ${first}), or choose a larger port number (>= ${first}): ${listen}: permission denied`;
}

interface Target {
  /** Read anew for each connection. */
  readonly host: string;
  port: number;
}

function relayTcp(protocol: string, host: string, port: number, target: Target): Promise<Server> {
  if (protocol !== 'tcp') throw new Error(`unknown protocol ${protocol}`);
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ host: target.host, port: target.port, allowHalfOpen: true });
    join(client, upstream);
  });
  return new Promise((listening, failed) => {
    server.once('error', failed).listen(port, host, () => listening(server));
  });
}

/** Carries bytes both ways, each end closed when the other one is; a failure ends both. */
function join(client: Socket, upstream: Socket): void {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  client.on('error', end);
  upstream.on('error', end);
  upstream.on('connect', () => {
    client.pipe(upstream);
    upstream.pipe(client);
    client.resume();
  });
}

function relayUdp(host: string, port: number, target: Target): Promise<UdpSocket> {
  const server = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const flows = new Map<string, UdpSocket>();
  server.on('message', (packet, from) => {
    const key = `${from.address} ${from.port}`;
    const flow = flows.get(key) ?? openFlow(server, from, target, () => flows.delete(key));
    flows.set(key, flow);
    flow.send(packet, target.port, target.host);
  });
  return new Promise((listening, failed) => {
    server.once('error', failed).bind(port, host, () => listening(server));
  });
}

/** A socket inside for one sender outside; it goes when nothing has come back for a minute. */
function openFlow(server: UdpSocket, from: RemoteInfo, target: Target, forget: () => void): UdpSocket {
  const flow = createSocket(target.host.includes(':') ? 'udp6' : 'udp4');
  const close = (): void => {
    forget();
    flow.close();
  };
  let timer = setTimeout(close, UDP_IDLE_MS);
  flow.on('message', (packet) => {
    clearTimeout(timer);
    timer = setTimeout(close, UDP_IDLE_MS);
    server.send(packet, from.port, from.address);
  });
  flow.on('error', () => {});
  return flow;
}

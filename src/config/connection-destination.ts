import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { type Connection, changeConnections } from './connections.ts';

/** What `system connection add` can say beside name and destination. Empty text and undefined mean not given. */
export interface ConnectionRequest {
  identity?: string;
  port?: number;
  socketPath?: string;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
  makeDefault?: boolean;
  farm?: string;
}

/** Keeps a connection; the first one becomes the default. An SSH server is asked where the socket is when that was not said. */
export function addConnection(name: string, destination: string, request: ConnectionRequest): void {
  const connection: Connection = { URI: uriOf(destination, request) };
  if (request.identity) connection.Identity = readable(request.identity);
  if (request.tlsCert) connection.TLSCert = request.tlsCert;
  if (request.tlsKey) connection.TLSKey = request.tlsKey;
  if (request.tlsCa) connection.TLSCA = request.tlsCa;
  changeConnections(({ Connection, Farm }) => {
    Connection.Connections = { ...Connection.Connections, [name]: connection };
    if (request.makeDefault || Object.keys(Connection.Connections).length === 1) Connection.Default = name;
    if (request.farm) Farm.List = { ...Farm.List, [request.farm]: [...(Farm.List?.[request.farm] ?? []), name] };
  });
}

function uriOf(destination: string, request: ConnectionRequest): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(destination)?.[1] ?? 'ssh';
  const text = destination.includes('://') ? destination : `ssh://${destination}`;
  switch (scheme) {
    case 'ssh':
      return sshUri(text, request);
    case 'unix': {
      const path = request.socketPath || text.slice('unix://'.length);
      if (!existsSync(path)) warn(`"${path}" does not exist`);
      return `unix://${path}`;
    }
    case 'tcp':
      if (request.socketPath) throw new SelkieError(`--socket-path option not supported for ${scheme} scheme`);
      if (request.identity) throw new SelkieError(`--identity option not supported for ${scheme} scheme`);
      return text;
    default:
      warn(`"${scheme}" unknown scheme, no validation provided`);
      return text;
  }
}

function sshUri(text: string, request: ConnectionRequest): string {
  const match = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/.exec(text);
  if (!match) throw new SelkieError(`parse ${JSON.stringify(text)}: invalid destination`);
  const [, user, host, port, path] = match;
  const actualPort = request.port ?? Number(port ?? 22);
  const server = `${user === undefined ? '' : `${user}@`}${host}`;
  const socket = request.socketPath || path || remoteSocket(server, actualPort, request.identity);
  return `ssh://${server}:${actualPort}${socket}`;
}

function remoteSocket(server: string, port: number, identity?: string): string {
  const key = identity ? ['-i', identity] : [];
  const command = [
    '-p',
    String(port),
    ...key,
    '-o',
    'BatchMode=yes',
    '--',
    server,
    'podman',
    'info',
    '--format',
    '{{.Host.RemoteSocket.Path}}',
  ];
  const { status, stdout, stderr, error } = spawnSync('ssh', command, { encoding: 'utf8' });
  if (status === 0 && stdout.trim() !== '') return stdout.trim().replace(/^unix:\/\//, '');
  throw new SelkieError(`failed to connect: ${error?.message ?? (stderr.trim().split('\n').at(-1) || `ssh ended with ${status}`)}`);
}

function readable(identity: string): string {
  try {
    readFileSync(identity);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new SelkieError(`failed to validate: failed to read identity "${identity}": open ${identity}: no such file or directory`, {
      cause,
    });
  }
  return identity;
}

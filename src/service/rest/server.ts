import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { debug, reportError } from '../../diagnostics.ts';
import { apiVersion } from './docker/system.ts';
import { ApiError, Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import { Router, type Service } from './route.ts';
import { routes } from './routes.ts';

export interface ServeOptions {
  /** Seconds without a connection after which it ends; 0 for never. */
  idleSeconds: number;
  /** What Access-Control-Allow-Origin says; empty: nothing. */
  cors: string;
  tls?: { cert: string; key: string; clientCa?: string };
}

export type Listening = { path: string } | { port: number; host: string } | { fd: number };

/** Serves the API until it has been idle for long enough, or the signal comes. @throws what listening throws */
export async function serve(service: Service, at: Listening, options: ServeOptions, stop: AbortSignal): Promise<void> {
  const router = new Router(routes);
  const { tls } = options;
  const server = tls
    ? createTlsServer({
        cert: tls.cert,
        key: tls.key,
        ...(tls.clientCa ? { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true } : {}),
      })
    : createServer();
  // Attaching and following logs last as long as their containers.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  const answer = (request: IncomingMessage, response: ServerResponse | undefined, raw?: { socket: Duplex }) =>
    void respond(router, service, options, request, response, raw);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => answer(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    answer(request, undefined, { socket });
  });
  const idle = untilIdle(server, options.idleSeconds);
  await listen(server, at);
  await Promise.race([idle, new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))]);
  server.close();
  server.closeAllConnections();
}

/** A socket file is for its user alone: who may write to it is root. What is made later has the mode that it is meant to have. */
async function listen(server: Server, at: Listening): Promise<void> {
  const before = 'path' in at ? process.umask(0o177) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, () => resolve());
    });
  } finally {
    if (before !== undefined) process.umask(before);
  }
}

/** Settles when no connection was open for so long. */
function untilIdle(server: Server, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (seconds === 0) return;
    let open = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      timer = setTimeout(resolve, seconds * 1000);
    };
    server.on('connection', (socket: Socket) => {
      open++;
      clearTimeout(timer);
      socket.once('close', () => {
        open--;
        if (open === 0) wait();
      });
    });
    server.once('listening', wait);
  });
}

async function respond(
  router: Router,
  service: Service,
  { cors }: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse | undefined,
  raw: { socket: Duplex } | undefined,
): Promise<void> {
  let exchange: Exchange | undefined;
  try {
    const url = new URL(request.url ?? '/', 'http://d');
    const [, version, rest = ''] = /^(?:\/v(\d[\w.-]*))?(\/.*)$/.exec(url.pathname) ?? [];
    response?.setHeader('Server', `Libpod/${service.versions.podman} (linux)`);
    response?.setHeader('Api-Version', apiVersion);
    response?.setHeader('Libpod-Api-Version', service.versions.podman);
    if (cors !== '') {
      response?.setHeader('Access-Control-Allow-Origin', cors);
      response?.setHeader(
        'Access-Control-Allow-Headers',
        'Origin, X-Requested-With, Content-Type, Accept, X-Registry-Auth, Connection, Upgrade, X-Registry-Config',
      );
      response?.setHeader('Access-Control-Allow-Methods', 'HEAD, GET, POST, DELETE, PUT, OPTIONS');
    }
    const found = router.find(request.method ?? 'GET', rest);
    exchange = new Exchange(request, response, raw, typeof found === 'object' ? found.parameters : {}, url, version);
    debug(`${request.method} ${request.url}`);
    if (found === undefined && rest.startsWith('/libpod/'))
      throw new ApiError(501, `${request.method} ${rest} is not available yet: only Docker's API is served`);
    if (found === undefined) exchange.send(404, 'Not Found\n');
    else if (found === 'method') exchange.send(405, 'Method Not Allowed\n');
    else await found.handler(exchange, service);
  } catch (error) {
    const failure = failureOf(error);
    debug(`${request.method} ${request.url}: ${failure.message}`);
    try {
      if (exchange !== undefined && !exchange.isAnswered) exchange.send(failure.response, failure);
      else (response ?? raw?.socket)?.destroy();
    } catch (later) {
      reportError(`Unable to answer ${request.method} ${request.url}: ${(later as Error).message}`);
    }
  }
}

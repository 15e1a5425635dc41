import { readFileSync } from 'node:fs';
import { giveBack } from '../archive/give-back.ts';
import { RegistryUnreachable } from './errors.ts';

/** TLS as certs.d and the command line ask for it. */
export interface TlsOptions {
  /** PEM texts of authorities trusted beside the system's. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  /** false: any certificate will do. */
  readonly verify: boolean;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | Blob | AsyncIterable<Uint8Array>;
  readonly tls?: TlsOptions;
  readonly signal?: AbortSignal;
  /** Milliseconds until the head of the answer; default one minute. */
  readonly timeout?: number;
  /** Path of a unix socket to connect to instead of the URL's host. */
  readonly socket?: string;
}

export interface HttpResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** The body as it arrives; reading slowly slows the sender down. A chunk is valid until the next one is asked for. */
  stream(): AsyncIterable<Uint8Array>;
  /** The whole body. @throws RegistryUnreachable when it is longer than `limit` bytes */
  bytes(limit: number): Promise<Uint8Array>;
  text(limit?: number): Promise<string>;
  /** Lets the connection go without reading the rest. */
  discard(): Promise<void>;
}

const headTimeout = 60_000;
/** A body that sends nothing for so long is taken for broken. */
const stallTimeout = 60_000;

/** One HTTP exchange, redirects not followed, bodies not decompressed. @throws RegistryUnreachable */
export async function send(url: string, request: HttpRequest = {}): Promise<HttpResponse> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort(request.signal?.reason);
  request.signal?.throwIfAborted();
  request.signal?.addEventListener('abort', cancel, { once: true });
  const timer = setTimeout(
    () => abort.abort(new DOMException('net/http: timeout awaiting response headers', 'TimeoutError')),
    request.timeout ?? headTimeout,
  );
  let response: Response;
  try {
    response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { 'Accept-Encoding': 'identity', ...request.headers },
      redirect: 'manual',
      signal: abort.signal,
      decompress: false,
      timeout: false,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.tls && url.startsWith('https:') ? { tls: tlsInit(request.tls) } : {}),
      ...(request.socket === undefined ? {} : { unix: request.socket }),
      ...(request.socket === undefined && mayUseProxy(url) ? {} : { proxy: false }),
    } as RequestInit);
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw unreachable(request.method ?? 'GET', url, abort.signal.aborted ? abort.signal.reason : cause, request.socket);
  } finally {
    clearTimeout(timer);
  }
  return wrap(response, url, abort, request);
}

/** As Go's net/http has it: this machine is reached without a proxy, and only HTTP_PROXY and HTTPS_PROXY name one. NO_PROXY is fetch's. */
function mayUseProxy(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  if (!process.env[name] && !process.env[name.toUpperCase()]) return false;
  return !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function wrap(response: Response, url: string, abort: AbortController, request: HttpRequest): HttpResponse {
  async function* stream(): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    let ended = false;
    let before: Uint8Array | undefined;
    try {
      while (true) {
        const { done, value } = await withStallGuard(reader.read(), abort);
        if (done) break;
        yield value;
        // The last but one: as with files, two pieces of memory take turns.
        if (before) giveBack(before);
        before = value;
      }
      ended = true;
    } catch (cause) {
      ended = true;
      request.signal?.throwIfAborted();
      throw unreachable(request.method ?? 'GET', url, abort.signal.aborted ? abort.signal.reason : cause);
    } finally {
      if (!ended) await reader.cancel().catch(() => undefined);
    }
  }
  const bytes = async (limit: number): Promise<Uint8Array> => {
    const announced = Number(response.headers.get('content-length') ?? 0);
    const chunks: Uint8Array[] = [];
    let length = 0;
    if (announced <= limit) {
      for await (const chunk of stream()) {
        chunks.push(Uint8Array.prototype.slice.call(chunk));
        length += chunk.length;
        if (length > limit) break;
      }
    }
    if (announced > limit || length > limit)
      throw new RegistryUnreachable(
        `${goVerb(request.method)} ${JSON.stringify(url)}: answer exceeds the limit of ${limit} bytes`,
        'ETOOBIG',
        true,
      );
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  };
  return {
    url,
    status: response.status,
    headers: response.headers,
    stream,
    bytes,
    text: async (limit = 1 << 20) => new TextDecoder().decode(await bytes(limit)),
    discard: async () => {
      await response.body?.cancel().catch(() => undefined);
    },
  };
}

async function withStallGuard<T>(read: Promise<T>, abort: AbortController): Promise<T> {
  const timer = setTimeout(() => abort.abort(new DOMException('timeout: no data from the server', 'TimeoutError')), stallTimeout);
  try {
    return await read;
  } finally {
    clearTimeout(timer);
  }
}

function tlsInit(tls: TlsOptions): Record<string, unknown> {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca?.length ? { ca: [...tls.ca] } : {}),
    ...(tls.cert ? { cert: tls.cert, key: tls.key } : {}),
  };
}

const finalCodes = new Set(['EPROTO', 'ENOTFOUND']);

function unreachable(method: string, url: string, cause: unknown, socket?: string): RegistryUnreachable {
  const { code = '', message = String(cause) } = (cause ?? {}) as { code?: string; message?: string };
  if (socket !== undefined && code === 'ENOENT') {
    const text = `${goVerb(method)} ${JSON.stringify(url)}: dial unix ${socket}: connect: no such file or directory`;
    return new RegistryUnreachable(text, code, true, { cause });
  }
  const text = String(code) === '' ? message : reasonText(String(code), message, url);
  const certificate = /CERT|SIGNATURE|ERR_TLS/.test(String(code));
  return new RegistryUnreachable(
    `${goVerb(method)} ${JSON.stringify(url)}: ${text}`,
    String(code),
    certificate || finalCodes.has(String(code)),
    { cause },
  );
}

/** A failure in the words of Go's net/http, which scripts look for. */
function reasonText(code: string, message: string, url: string): string {
  const { hostname, host, protocol, port } = new URL(url);
  const address = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ConnectionRefused':
      return `dial tcp ${hostname === 'localhost' ? address.replace(hostname, firstLocalhost()) : address}: connect: connection refused`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}: Temporary failure in name resolution`;
    case 'ECONNRESET':
    case 'ConnectionClosed':
      return 'EOF';
    case 'EPROTO':
      return 'http: server gave HTTP response to HTTPS client';
    case 'ETIMEDOUT':
      return `dial tcp ${address}: connect: connection timed out`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: certificate is not valid for ${hostname}`;
    default:
      return message;
  }
}

/** Of the addresses that this machine has for itself, the one that is tried first, and so the one that is complained of. */
function firstLocalhost(): string {
  try {
    return /^::1\s(?:.*\s)?localhost(?:\s|$)/m.test(readFileSync('/etc/hosts', 'utf8')) ? '[::1]' : '127.0.0.1';
  } catch {
    return 'localhost';
  }
}

function goVerb(method = 'GET'): string {
  return method[0] + method.slice(1).toLowerCase();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { SelkieError } from '../../errors.ts';

/** A refusal with the status code that it is answered with. */
export class ApiError extends SelkieError {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A connection that was taken out of HTTP's hands: what the client sends and what it gets are plain bytes. */
export interface Hijacked {
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  end(): void;
}

export type Write = (chunk: Uint8Array | string) => Promise<void>;

/** One request and its answer. Handlers read what they need and answer once. */
export class Exchange {
  readonly query: URLSearchParams;
  private started = false;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse | undefined,
    /** Of a request to upgrade. */
    private readonly raw: { socket: Readable & Writable } | undefined,
    /** From the path: `{name}` of the route. */
    readonly parameters: Readonly<Record<string, string>>,
    url: URL,
    /** Of the API, as the path says: `1.41`; undefined without one. */
    readonly version: string | undefined,
  ) {
    this.query = url.searchParams;
  }

  /** What the route calls `{name}`. */
  get name(): string {
    return this.parameters['name'] ?? '';
  }

  get isAnswered(): boolean {
    return this.started;
  }

  text(key: string, standard = ''): string {
    return this.query.get(key) ?? standard;
  }

  flag(key: string, standard = false): boolean {
    const text = this.query.get(key);
    if (text === null) return standard;
    return ['1', 'true', 'on', 't', 'yes', 'y'].includes(text.toLowerCase());
  }

  /** @throws ApiError */
  number(key: string): number | undefined {
    const text = this.query.get(key);
    if (text === null || text === '') return undefined;
    if (!/^-?\d+$/.test(text))
      throw new ApiError(400, `failed to parse parameters for ${this.request.url}: schema: error converting value for "${key}"`);
    return Number(text);
  }

  /** Docker's filters, `{"label": ["a=b"]}` or `{"label": {"a=b": true}}`, as `label=a=b`. @throws ApiError */
  filters(): string[] {
    const text = this.query.get('filters');
    if (text === null || text === '') return [];
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw new ApiError(500, `failed to decode filter parameters for ${this.request.url}: ${(error as Error).message}`);
    }
    if (parsed === null || typeof parsed !== 'object') throw new ApiError(500, `invalid filters for ${this.request.url}`);
    return Object.entries(parsed).flatMap(([key, values]: [string, unknown]) => {
      const list = Array.isArray(values) ? (values as unknown[]) : Object.keys((values ?? {}) as object);
      return list.map((value) => `${key}=${String(value)}`);
    });
  }

  /** The body as it comes; of a request to upgrade too, whose connection is raw only after it. */
  body(): AsyncIterable<Uint8Array> {
    return this.request;
  }

  /** The whole body as JSON; an empty one is an empty object. @throws ApiError */
  async json<T extends object>(): Promise<Partial<T>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.body()) {
      size += chunk.length;
      if (size > MAX_JSON) throw new ApiError(400, 'the request is too large');
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    if (text.trim() === '') return {};
    try {
      const value: unknown = JSON.parse(text);
      if (value !== null && typeof value === 'object') return value as Partial<T>;
    } catch {
      // said below
    }
    throw new ApiError(500, 'decode(): the body of the request is not a JSON object');
  }

  send(status: number, value?: unknown, headers: Record<string, string> = {}): void {
    this.started = true;
    const isText = typeof value === 'string';
    const body = value === undefined || status === 204 || status === 304 ? '' : isText ? value : `${JSON.stringify(value)}\n`;
    const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
    if (this.response !== undefined) {
      this.response.writeHead(status, { ...(body === '' ? {} : { 'Content-Type': type }), ...headers });
      this.response.end(this.request.method === 'HEAD' ? undefined : body);
      return;
    }
    const { socket } = this.raw!;
    const lines = { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close', ...headers };
    socket.end(`HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Error'}\r\n${headerLines(lines)}\r\n${body}`);
  }

  /** Of an answer yet to come. */
  header(headers: Record<string, string>): void {
    for (const [name, value] of Object.entries(headers)) this.response?.setHeader(name, value);
  }

  /**
   * Answers piece by piece; `write` waits for a slow reader. Ends by itself when `work` does. @param lazy nothing is sent before the
   * first piece: an error until then has a status of its own
   */
  async stream(type: string, work: (write: Write, gone: AbortSignal) => Promise<void>, lazy = false): Promise<void> {
    const response = this.response!;
    const begin = () => {
      if (this.started) return;
      this.started = true;
      response.writeHead(200, { 'Content-Type': type });
      response.flushHeaders();
    };
    if (!lazy) begin();
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    await work(async (chunk) => {
      if (gone.signal.aborted) return;
      begin();
      if (!response.write(chunk)) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', () => resolve()));
    }, gone.signal);
    begin();
    response.end();
  }

  /** Takes the connection over. Without a wish to upgrade in the request nothing can be sent to us, and the answer is an ordinary one. */
  hijack(type: string): Hijacked {
    this.started = true;
    if (this.raw === undefined) {
      const response = this.response!;
      response.writeHead(200, { 'Content-Type': type });
      response.flushHeaders();
      return { input: nothing(), write: writer(response), end: () => void response.end() };
    }
    const { socket } = this.raw;
    const input = received(socket);
    socket.write(`HTTP/1.1 101 UPGRADED\r\n${headerLines({ 'Content-Type': type, Connection: 'Upgrade', Upgrade: 'tcp' })}\r\n`);
    return { input, write: writer(socket), end: () => void socket.end() };
  }
}

const MAX_JSON = 16 * 1024 * 1024;

const headerLines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([key, value]) => `${key}: ${value}\r\n`)
    .join('');

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What comes on a socket. Unlike its own iterator this leaves it open at the end: there may be an answer yet. */
async function* received(socket: Readable): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  socket.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    socket.pause();
    wake();
  });
  socket.on('end', end).on('close', end);
  for (;;) {
    const chunk = chunks.shift();
    if (chunk !== undefined) yield chunk;
    else if (ended) return;
    else {
      socket.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function writer(stream: Writable): (chunk: Uint8Array) => Promise<void> | undefined {
  return (chunk) => {
    // The chunk is its owner's again when we return: it is copied where the stream keeps it.
    if (stream.destroyed || stream.write(Buffer.from(chunk))) return undefined;
    return new Promise((resolve) => stream.once('drain', resolve).once('close', () => resolve()));
  };
}

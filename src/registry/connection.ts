import { type Credentials, findCredentials } from '../config/auth-json.ts';
import { debug } from '../diagnostics.ts';
import { mayPass, pause, retryAfter } from './backoff.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { RegistryError, RegistryUnreachable, registryError } from './errors.ts';
import { type HttpRequest, type HttpResponse, send, type TlsOptions } from './http.ts';
import { registryTls } from './tls.ts';
import { basic, fetchToken, type Token } from './token.ts';

export interface ConnectionOptions {
  readonly userAgent?: string;
  /** Certificates need not verify, and http will do where https is not spoken. */
  readonly insecure?: boolean;
  readonly certDir?: string;
  readonly authFile?: string;
  readonly credentials?: Credentials;
  /** A bearer token to use as it is. */
  readonly registryToken?: string;
  /** Look for no credentials. */
  readonly anonymous?: boolean;
  readonly credentialHelpers?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface RegistryRequest extends HttpRequest {
  /** Repository whose credentials apply, without the registry. */
  readonly repository?: string;
  /** `pull`, `pull,push`, `*`; without it the token has no scope. */
  readonly actions?: string;
  /** Further scopes, such as that of a repository to mount from. */
  readonly scopes?: readonly string[];
  /** Follow redirects (GET and HEAD only). */
  readonly follow?: boolean;
  /** The body can be sent once only, so nothing is tried again. */
  readonly once?: boolean;
}

const maximumRedirects = 10;
const tries = 5;
/** Milliseconds for a first answer without TLS: where TLS is spoken there may be none. */
const plainTimeout = 2000;
export const defaultUserAgent = 'containers/5.39.2 (github.com/containers/image)';

/**
 * One registry, spoken to with its scheme, its certificates and what it asks for to let us in. Found out by a ping before the first request.
 * Credentials and tokens go to this registry and its token server only.
 */
export class RegistryConnection {
  readonly #options: ConnectionOptions;
  readonly #tls: TlsOptions;
  readonly #tokens = new Map<string, Promise<Token>>();
  #endpoint?: Promise<Endpoint>;

  /** @param domain `host[:port]` as in references */
  constructor(
    readonly domain: string,
    options: ConnectionOptions = {},
  ) {
    this.#options = options;
    this.#tls = registryTls(this.host, !options.insecure, options.certDir);
  }

  /** The host that speaks for the domain: docker.io is another one's name. */
  get host(): string {
    return this.domain === 'docker.io' ? 'registry-1.docker.io' : this.domain;
  }

  get #userAgent(): string {
    return this.#options.userAgent ?? defaultUserAgent;
  }

  /** Finds scheme and challenges. Repeatable: asks once. @throws RegistryUnreachable, RegistryError */
  ping(): Promise<Endpoint> {
    this.#endpoint ??= this.#ping();
    this.#endpoint.catch(() => {
      this.#endpoint = undefined;
    });
    return this.#endpoint;
  }

  async #ping(): Promise<Endpoint> {
    const plain = this.#options.insecure && hasPort(this.host) ? await this.#pingPlain() : undefined;
    if (plain) return plain;
    try {
      return await this.#pingScheme('https');
    } catch (error) {
      if (!this.#options.insecure || !(error instanceof RegistryUnreachable)) throw this.#pingError(error);
      try {
        return await this.#pingScheme('http');
      } catch (second) {
        throw this.#pingError(second);
      }
    }
  }

  /**
   * Asks a registry that need not be secure whether it speaks http. A port speaks one of the two, and a handshake of TLS that leads nowhere
   * costs a fifth of a short command's time, for the authorities are loaded first. Whoever speaks TLS refuses this in one answer.
   */
  async #pingPlain(): Promise<Endpoint | undefined> {
    const url = `http://${this.host}/v2/`;
    try {
      return await this.#readPing(
        'http',
        url,
        await send(url, { headers: this.#headers(), signal: this.#options.signal, timeout: plainTimeout }),
      );
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (error instanceof RegistryUnreachable && error.code === 'ECONNREFUSED') throw this.#pingError(error);
      debug(`Ping ${url}: ${String(error)}`);
      return undefined;
    }
  }

  #pingError(error: unknown): unknown {
    if (error instanceof RegistryUnreachable)
      return new RegistryUnreachable(`pinging container registry ${this.host}: ${error.message}`, error.code, error.final, {
        cause: error,
      });
    if (error instanceof RegistryError)
      return new RegistryError(`pinging container registry ${this.host}: ${error.message}`, error.status, error.code, error.url, {
        cause: error,
      });
    return error;
  }

  async #pingScheme(scheme: 'https' | 'http'): Promise<Endpoint> {
    const url = `${scheme}://${this.host}/v2/`;
    const response = await this.#patiently({}, () => send(url, { headers: this.#headers(), tls: this.#tls, signal: this.#options.signal }));
    return this.#readPing(scheme, url, response);
  }

  async #readPing(scheme: 'https' | 'http', url: string, response: HttpResponse): Promise<Endpoint> {
    debug(`Ping ${url} status ${response.status}`);
    if (response.status !== 200 && response.status !== 401) throw registryError(response.status, url, await safeText(response));
    await response.discard();
    return endpointOf(scheme, response);
  }

  /**
   * Sends a request to the registry, with what it asks for to let us in. Tries again after 429, 5xx and cut connections, unless `once`.
   * @param path from `/v2/` on, or a URL as a registry gives it for an upload @throws RegistryUnreachable, never for a status
   */
  async request(path: string, request: RegistryRequest = {}): Promise<HttpResponse> {
    if (this.#endpoint === undefined && this.#mayAskAtOnce(request)) {
      const answer = await this.#askAtOnce(path, request);
      if (answer) return request.follow ? this.#follow(answer, request) : answer;
    }
    const endpoint = await this.ping();
    const base = `${endpoint.scheme}://${this.host}`;
    const url = new URL(path, base);
    const own = url.origin === new URL(base).origin;
    if (endpoint.scheme === 'https' && url.protocol !== 'https:')
      throw new RegistryUnreachable(`registry ${this.host} leads from https to ${url.origin}: refused`, 'EDOWNGRADE', true);
    const exchange = async (renewed?: Challenge[]): Promise<HttpResponse> => {
      const authorization = own ? await this.#authorize(renewed ?? endpoint.challenges, request, renewed !== undefined) : undefined;
      const headers = { ...this.#headers(), ...request.headers, ...(authorization === undefined ? {} : { Authorization: authorization }) };
      const response = await send(url.href, {
        ...request,
        headers,
        tls: own ? this.#tls : this.#foreignTls(),
        signal: request.signal ?? this.#options.signal,
      });
      debug(`${request.method ?? 'GET'} ${url.href} status ${response.status}`);
      return response;
    };
    let response = await this.#patiently(request, () => exchange());
    if (response.status === 401 && own && !request.once) {
      const challenges = parseChallenges(response.headers.get('www-authenticate'));
      const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm']);
      const renewed = bearer ?? (endpoint.challenges.length === 0 ? challenges.find(({ scheme }) => scheme === 'basic') : undefined);
      if (renewed && (renewed.parameters['error'] !== undefined || endpoint.challenges.length === 0)) {
        await response.discard();
        response = await exchange([renewed]);
      }
    }
    return request.follow ? this.#follow(response, request) : response;
  }

  /** A question that shows nobody who we are may be the first, where a registry that hides things would not hide them from us alone. */
  #mayAskAtOnce({ method = 'GET', body, once, repository }: RegistryRequest): boolean {
    const { registryToken, credentialHelpers = [] } = this.#options;
    if (method !== 'GET' || body !== undefined || once || registryToken || repository === undefined) return false;
    return credentialHelpers.every((helper) => helper === 'containers-auth.json') && this.credentials(repository) === undefined;
  }

  /**
   * Asks without a ping before: what comes back tells what a ping would, a round trip earlier. undefined where it tells too little: then
   * the ping finds out, or says what is wrong.
   */
  async #askAtOnce(path: string, request: RegistryRequest): Promise<HttpResponse | undefined> {
    const scheme = this.#options.insecure && hasPort(this.host) ? 'http' : 'https';
    const signal = request.signal ?? this.#options.signal;
    const base = `${scheme}://${this.host}`;
    const url = new URL(path, base).href;
    let response: HttpResponse;
    try {
      const patience = scheme === 'http' ? { timeout: plainTimeout } : {};
      response = await send(url, { ...request, headers: { ...this.#headers(), ...request.headers }, tls: this.#tls, signal, ...patience });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryUnreachable)) throw error;
      debug(`GET ${url}: ${error.message}`);
      if (this.#options.insecure || error.code === 'ECONNRESET') return undefined;
      // A ping would say the same, after as long a time.
      const message = error.message.replace(JSON.stringify(url), JSON.stringify(`${base}/v2/`));
      throw this.#pingError(new RegistryUnreachable(message, error.code, error.final, { cause: error }));
    }
    debug(`GET ${url} status ${response.status}`);
    const found = endpointOf(scheme, response);
    const isAsked = response.status === 401 && found.challenges.length > 0;
    const isAnswer = response.status >= 200 && response.status < 400;
    if (isAsked || isAnswer) this.#endpoint ??= Promise.resolve(found);
    if (isAnswer) return response;
    await response.discard();
    return undefined;
  }

  async #follow(first: HttpResponse, request: RegistryRequest): Promise<HttpResponse> {
    let response = first;
    for (let hops = 0; [301, 302, 303, 307, 308].includes(response.status); hops++) {
      const location = response.headers.get('location');
      await response.discard();
      if (location === null || !URL.canParse(location, response.url))
        throw new RegistryUnreachable(`${response.url} redirects to nowhere`, 'ELOCATION', true);
      if (hops === maximumRedirects)
        throw new RegistryUnreachable(`${first.url}: stopped after ${maximumRedirects} redirects`, 'EREDIRECTS', true);
      const from = new URL(response.url);
      const to = new URL(location, from);
      if (to.protocol !== 'https:' && !(to.protocol === 'http:' && from.protocol === 'http:')) {
        throw new RegistryUnreachable(
          `${from.origin} redirects to ${to.protocol}//${to.host}, which would leave TLS: refused`,
          'EDOWNGRADE',
          true,
        );
      }
      if (to.origin === from.origin && hops === 0 && from.host === this.host) {
        response = await this.#withoutFollowing(to, request);
        continue;
      }
      // Another host: whatever proved who we are stays behind.
      response = await send(to.href, {
        ...request,
        headers: { 'User-Agent': this.#userAgent, ...request.headers },
        tls: this.#foreignTls(),
        signal: request.signal ?? this.#options.signal,
      });
      debug(`${request.method ?? 'GET'} ${to.origin} (redirected) status ${response.status}`);
    }
    return response;
  }

  #withoutFollowing(to: URL, request: RegistryRequest): Promise<HttpResponse> {
    return this.request(to.pathname + to.search, { ...request, follow: false });
  }

  #headers(): Record<string, string> {
    return { 'User-Agent': this.#userAgent, 'Docker-Distribution-Api-Version': 'registry/2.0' };
  }

  /** TLS for another host: the authorities, but not our client certificate. */
  #foreignTls(): TlsOptions {
    return { verify: this.#tls.verify, ...(this.#tls.ca ? { ca: this.#tls.ca } : {}) };
  }

  async #authorize(challenges: readonly Challenge[], request: RegistryRequest, renew: boolean): Promise<string | undefined> {
    if (this.#options.registryToken) return `Bearer ${this.#options.registryToken}`;
    for (const challenge of challenges) {
      if (challenge.scheme === 'basic') {
        const credentials = this.credentials(request.repository);
        if (credentials) return basic(credentials);
      }
      if (challenge.scheme === 'bearer') return `Bearer ${await this.#token(challenge, request, renew)}`;
    }
    return undefined;
  }

  async #token(challenge: Challenge, request: RegistryRequest, renew: boolean): Promise<string> {
    const own =
      request.repository !== undefined && request.actions !== undefined ? [`repository:${request.repository}:${request.actions}`] : [];
    const asked = renew && challenge.parameters['scope'] ? challenge.parameters['scope'].split(' ') : [];
    const scopes = [...new Set([...own, ...(request.scopes ?? []), ...asked])];
    const key = scopes.join(' ');
    const pending = renew ? undefined : this.#tokens.get(key);
    if (pending) {
      const known = await pending;
      if (known.expires > Date.now()) return known.token;
    }
    // Kept before it is there: requests that are made side by side share it.
    const token = this.#newToken(challenge, scopes, request);
    this.#tokens.set(key, token);
    token.catch(() => this.#tokens.delete(key));
    return (await token).token;
  }

  async #newToken(challenge: Challenge, scopes: readonly string[], request: RegistryRequest): Promise<Token> {
    const { signal, insecure } = this.#options;
    const { scheme } = await this.ping();
    return this.#patiently(request, () =>
      fetchToken({
        challenge,
        scopes,
        credentials: this.credentials(request.repository),
        userAgent: this.#userAgent,
        tls: this.#foreignTls(),
        allowHttp: scheme === 'http' || insecure === true,
        signal,
      }),
    );
  }

  /** What is known to prove who we are to this registry. */
  credentials(repository?: string): Credentials | undefined {
    const { credentials, anonymous, authFile, credentialHelpers } = this.#options;
    if (credentials || anonymous) return credentials;
    return findCredentials(repository === undefined ? this.domain : `${this.domain}/${repository}`, authFile, credentialHelpers);
  }

  /** Does an exchange again, a little later each time, where its failure may pass. */
  async #patiently<T extends HttpResponse | Token>(request: RegistryRequest, exchange: () => Promise<T>): Promise<T> {
    const repeatable = !request.once && (request.method === undefined || request.method === 'GET' || request.method === 'HEAD');
    for (let attempt = 1; ; attempt++) {
      let delay: number;
      try {
        const result = await exchange();
        if (!('status' in result) || attempt === tries || request.once) return result;
        if (result.status === 429) delay = retryAfter(result.headers.get('retry-after')) ?? 1000 * 2 ** attempt;
        else if (repeatable && [500, 502, 503, 504].includes(result.status) && attempt < 4) delay = 100 * 4 ** attempt;
        else return result;
        await result.discard();
      } catch (error) {
        // A refused connection is the caller's to wait for: whoever started the registry knows how long.
        if (!repeatable || attempt >= 3 || !mayPass(error) || (error instanceof RegistryUnreachable && error.code !== 'ECONNRESET'))
          throw error;
        delay = 100 * 4 ** attempt;
      }
      debug(`${this.host}: trying again in ${delay} ms`);
      await pause(delay, request.signal ?? this.#options.signal);
    }
  }
}

const endpointOf = (scheme: Endpoint['scheme'], { headers }: HttpResponse): Endpoint => ({
  scheme,
  challenges: parseChallenges(headers.get('www-authenticate')),
  keepsSignatures: headers.get('x-registry-supports-signatures') === '1',
});

/** Without a port, https and http are two places. */
const hasPort = (host: string): boolean => /:\d+$/.test(host);

interface Endpoint {
  readonly scheme: 'https' | 'http';
  readonly challenges: readonly Challenge[];
  /** It has the signature extension of OpenShift. */
  readonly keepsSignatures: boolean;
}

/** The text of an answer that nobody wants, as far as it can be read. */
export async function safeText(response: HttpResponse): Promise<string> {
  return response.text(1 << 16).catch(() => '');
}

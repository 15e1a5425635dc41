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
export const defaultUserAgent = 'containers/5.39.2 (github.com/containers/image)';

/**
 * One registry, spoken to with its scheme, its certificates and what it asks for to let us in. Found out by a ping before the first request.
 * Credentials and tokens go to this registry and its token server only.
 */
export class RegistryConnection {
  readonly #options: ConnectionOptions;
  readonly #tls: TlsOptions;
  readonly #tokens = new Map<string, Token>();
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
      return await this.#readPing('http', url, await send(url, { headers: this.#headers(), signal: this.#options.signal, timeout: 2000 }));
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
    const { headers } = response;
    return {
      scheme,
      challenges: parseChallenges(headers.get('www-authenticate')),
      keepsSignatures: headers.get('x-registry-supports-signatures') === '1',
    };
  }

  /**
   * Sends a request to the registry, with what it asks for to let us in. Tries again after 429, 5xx and cut connections, unless `once`.
   * @param path from `/v2/` on, or a URL as a registry gives it for an upload @throws RegistryUnreachable, never for a status
   */
  async request(path: string, request: RegistryRequest = {}): Promise<HttpResponse> {
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
      if (bearer && (bearer.parameters['error'] !== undefined || endpoint.challenges.length === 0)) {
        await response.discard();
        response = await exchange([bearer]);
      }
    }
    return request.follow ? this.#follow(response, request) : response;
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
    const known = this.#tokens.get(key);
    if (known && known.expires > Date.now() && !renew) return known.token;
    const { signal, insecure } = this.#options;
    const { scheme } = await this.ping();
    const token = await this.#patiently(request, () =>
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
    this.#tokens.set(key, token);
    return token.token;
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

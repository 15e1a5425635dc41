import type { Credentials } from '../config/auth-json.ts';
import type { Challenge } from './challenge.ts';
import { RegistryError, RegistryUnreachable, registryError } from './errors.ts';
import { send, type TlsOptions } from './http.ts';

export interface Token {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface TokenRequest {
  readonly challenge: Challenge;
  readonly scopes: readonly string[];
  readonly credentials?: Credentials;
  readonly userAgent: string;
  readonly tls?: TlsOptions;
  /** The registry itself is spoken to without TLS, so its token server may be as well. */
  readonly allowHttp: boolean;
  readonly signal?: AbortSignal;
}

const shortestLife = 60;
const answerLimit = 1 << 20;

/** Asks a token server, as the distribution specification's token authentication and its OAuth2 variant say. @throws RegistryError */
export async function fetchToken(request: TokenRequest): Promise<Token> {
  const { realm, service } = request.challenge.parameters;
  if (!realm || !URL.canParse(realm)) throw new RegistryError('missing realm in bearer auth challenge', 401, '', realm ?? '');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && request.allowHttp)) {
    throw new RegistryUnreachable(
      `token server ${JSON.stringify(realm)} of a registry that is spoken to with TLS does not use TLS itself: refusing to send it anything`,
      'EREALM',
      true,
    );
  }
  const headers = { 'User-Agent': request.userAgent };
  const { credentials, tls, signal } = request;
  const response = credentials?.identityToken
    ? await send(url.href, {
        method: 'POST',
        tls,
        signal,
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: refreshForm(request, credentials.identityToken),
      })
    : await send(withQuery(url, service, request), {
        tls,
        signal,
        headers: { ...headers, ...(credentials ? { Authorization: basic(credentials) } : {}) },
      });
  const body = await response.text(answerLimit);
  if (response.status !== 200) {
    const error = registryError(response.status, url.href, body);
    if (response.status === 401)
      throw new RegistryError(`unable to retrieve auth token: invalid username/password: ${error.message}`, 401, error.code, url.href, {
        cause: error,
      });
    throw new RegistryError(`requesting bearer token: ${error.message}`, response.status, error.code, url.href, { cause: error });
  }
  return parseToken(body, url.href);
}

function withQuery(url: URL, service: string | undefined, { credentials, scopes }: TokenRequest): string {
  if (credentials?.username) url.searchParams.set('account', credentials.username);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (service) url.searchParams.set('service', service);
  return url.href;
}

function refreshForm({ challenge, scopes }: TokenRequest, identityToken: string): string {
  const form = new URLSearchParams();
  if (challenge.parameters['service']) form.set('service', challenge.parameters['service']);
  for (const scope of scopes) form.append('scope', scope);
  form.set('grant_type', 'refresh_token');
  form.set('refresh_token', identityToken);
  form.set('client_id', 'containers/image');
  return form.toString();
}

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseToken(body: string, url: string): Token {
  let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown; issued_at?: unknown };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch (cause) {
    throw new RegistryError(`unable to decode the answer of token server ${url}`, 200, '', url, { cause });
  }
  const token = answer.token || answer.access_token;
  if (typeof token !== 'string') throw new RegistryError(`token server ${url} sent no token`, 200, '', url);
  const life = Math.max(typeof answer.expires_in === 'number' ? answer.expires_in : shortestLife, shortestLife);
  const issued = typeof answer.issued_at === 'string' ? Date.parse(answer.issued_at) : Number.NaN;
  return { token, expires: (Number.isNaN(issued) ? Date.now() : issued) + life * 1000 };
}

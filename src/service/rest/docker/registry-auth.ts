import type { Credentials } from '../../../image/transport.ts';
import { ApiError, type Exchange } from '../exchange.ts';

/** Credentials of the X-Registry-Auth header: base64 of JSON, of one account or of several by registry. @throws ApiError */
export function registryAuth(exchange: Exchange, registry?: string): { credentials?: Credentials; tlsVerify?: boolean } {
  const verify = exchange.query.has('tlsVerify') ? { tlsVerify: exchange.flag('tlsVerify') } : {};
  const header = exchange.request.headers['x-registry-auth'];
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text === '' || text === 'null') return verify;
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString() || '{}') as Record<string, unknown>;
  } catch (error) {
    throw new ApiError(400, 'failed to parse "X-Registry-Auth" header: it is not base64 of JSON', { cause: error });
  }
  const isSingle = ['username', 'password', 'identitytoken', 'auth', 'serveraddress'].some((key) => typeof parsed[key] === 'string');
  const account = isSingle ? parsed : registry === undefined ? undefined : (parsed[registry] as Record<string, unknown> | undefined);
  const { username, password, identitytoken } = (account ?? {}) as Record<string, string | undefined>;
  if (identitytoken) return { ...verify, credentials: { username: username ?? '', password: '', identityToken: identitytoken } };
  return username ? { ...verify, credentials: { username, password: password ?? '' } } : verify;
}

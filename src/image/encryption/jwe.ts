import { createPrivateKey, createPublicKey, type KeyObject, type PrivateKeyInput } from 'node:crypto';
import { errors, type FlattenedJWE, flattenedDecrypt, GeneralEncrypt, type GeneralJWE, generalDecrypt, type JWK } from 'jose';
import { isObject } from '../manifest.ts';
import { EncryptionError } from './errors.ts';
import { isShortRsa, unwrapWithShortRsa, wrapForShortRsa } from './short-rsa.ts';

/** A key with the algorithm that wraps for it. */
export interface JweKey {
  readonly key: KeyObject | JWK;
  readonly algorithm: string;
}

const wrapping = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];
const contents = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];

/**
 * Wraps for all recipients at once, but for those with short keys each alone. Format: JWE JSON Serialization (RFC 7516), A256GCM.
 * @throws EncryptionError where jose refuses a key
 */
export async function wrapWithJwe(plain: Uint8Array, recipients: readonly JweKey[]): Promise<Uint8Array[]> {
  const short = recipients.flatMap(({ key }) => (isShortRsa(key) ? [wrapForShortRsa(plain, key)] : []));
  const others = recipients.filter(({ key }) => !isShortRsa(key));
  if (others.length === 0) return short;
  const jwe = new GeneralEncrypt(plain).setProtectedHeader({ enc: 'A256GCM' });
  for (const { key, algorithm } of others) jwe.addRecipient(key).setUnprotectedHeader({ alg: algorithm });
  try {
    return [Buffer.from(JSON.stringify(await jwe.encrypt())), ...short];
  } catch (cause) {
    throw new EncryptionError(`JWE Encrypt failed: ${(cause as Error).message}`, { cause });
  }
}

/** What was wrapped, or undefined where none of the keys opens it. @throws EncryptionError where it is no JWE */
export async function unwrapWithJwe(wrapped: Uint8Array, keys: readonly JweKey[]): Promise<Uint8Array | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(wrapped).toString());
  } catch {}
  if (!isObject(json)) throw new EncryptionError('jose.ParseEncrypted failed');
  const options = { keyManagementAlgorithms: wrapping, contentEncryptionAlgorithms: contents };
  for (const { key } of keys) {
    if (isShortRsa(key)) {
      const opened = unwrapWithShortRsa(json, key);
      if (opened) return opened;
      continue;
    }
    try {
      // One recipient alone may be written in a shorter way.
      const opened = Array.isArray(json['recipients'])
        ? await generalDecrypt(json as unknown as GeneralJWE, key, options)
        : await flattenedDecrypt(json as unknown as FlattenedJWE, key, options);
      return opened.plaintext;
    } catch (error) {
      // A key of another kind fails before it is tried.
      if (!(error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)) throw error;
    }
  }
  return undefined;
}

/** PEM, DER or JWK. @throws EncryptionError */
export async function parsePublicKey(bytes: Uint8Array): Promise<JweKey> {
  const jwk = parseJwk(bytes);
  if (jwk) {
    if (jwk.d !== undefined || jwk.k !== undefined) throw new EncryptionError('File provided is not a public key');
    const algorithm = jwk.alg ?? defaultAlgorithm(jwk.kty === 'EC' ? 'ec' : 'rsa');
    if (!wrapping.includes(algorithm)) throw new EncryptionError(`${algorithm} is an unsupported JWE key algorithm`);
    return { key: jwk, algorithm };
  }
  try {
    const text = Buffer.from(bytes).toString();
    // A private key would do for node, which would hide the mistake.
    if (/PRIVATE KEY/.test(text)) throw new TypeError('a private key');
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' });
    return { key, algorithm: defaultAlgorithm(key.asymmetricKeyType) };
  } catch (cause) {
    throw new EncryptionError('File provided is not a public key', { cause });
  }
}

/** PEM, DER or JWK; undefined where the file is none of them. @throws EncryptionError where the passphrase is missing or wrong */
export async function parsePrivateKey(bytes: Uint8Array, passphrase: string | undefined): Promise<JweKey | undefined> {
  const jwk = parseJwk(bytes);
  if (jwk) return jwk.d === undefined ? undefined : { key: jwk, algorithm: jwk.alg ?? defaultAlgorithm(jwk.kty === 'EC' ? 'ec' : 'rsa') };
  const text = Buffer.from(bytes).toString('latin1');
  const isEncrypted = /ENCRYPTED/.test(text) && text.includes('-----BEGIN');
  if (isEncrypted && passphrase === undefined) throw new EncryptionError('Missing password for encrypted private key');
  for (const encoded of encodings(bytes, text)) {
    try {
      const key = createPrivateKey({ ...encoded, ...(passphrase === undefined ? {} : { passphrase }) });
      return { key, algorithm: defaultAlgorithm(key.asymmetricKeyType) };
    } catch (cause) {
      if (isEncrypted) throw new EncryptionError('Wrong password: could not decrypt private key', { cause });
    }
  }
  return undefined;
}

function encodings(bytes: Uint8Array, text: string): PrivateKeyInput[] {
  if (text.includes('-----BEGIN')) return text.includes('PRIVATE KEY') ? [{ key: text, format: 'pem' }] : [];
  return (['pkcs8', 'pkcs1', 'sec1'] as const).map((type) => ({ key: Buffer.from(bytes), format: 'der' as const, type }));
}

function defaultAlgorithm(kind: string | undefined): string {
  return kind === 'ec' ? 'ECDH-ES+A256KW' : 'RSA-OAEP';
}

function parseJwk(bytes: Uint8Array): JWK | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString());
    return isObject(json) && typeof json['kty'] === 'string' ? (json as JWK) : undefined;
  } catch {
    return undefined;
  }
}

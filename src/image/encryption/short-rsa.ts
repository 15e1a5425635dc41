import { createCipheriv, createDecipheriv, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { isObject } from '../manifest.ts';

/** RFC 7518 wants more, and jose insists; ocicrypt takes what it is given. */
const leastBits = 2048;

export function isShortRsa(key: unknown): key is KeyObject {
  if (!isObject(key) || key['asymmetricKeyType'] !== 'rsa') return false;
  const { asymmetricKeyDetails } = key as unknown as KeyObject;
  return (asymmetricKeyDetails?.modulusLength ?? leastBits) < leastBits;
}

/** Wraps for one short key. Format: JWE JSON Serialization (RFC 7516), RSA-OAEP and A256GCM. */
export function wrapForShortRsa(plain: Uint8Array, key: KeyObject): Uint8Array {
  const [contentKey, iv] = [randomBytes(32), randomBytes(12)];
  const header = base64url(Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}'));
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  const wrapped = publicEncrypt({ key, oaepHash: 'sha1' }, contentKey);
  const [encrypted_key, ...parts] = [wrapped, iv, ciphertext, cipher.getAuthTag()].map(base64url);
  return Buffer.from(JSON.stringify({ protected: header, encrypted_key, iv: parts[0], ciphertext: parts[1], tag: parts[2] }));
}

/** What was wrapped, or undefined where the key does not open it. */
export function unwrapWithShortRsa(jwe: Readonly<Record<string, unknown>>, key: KeyObject): Uint8Array | undefined {
  const recipients = Array.isArray(jwe['recipients']) ? jwe['recipients'].filter(isObject) : [jwe];
  for (const recipient of recipients) {
    try {
      return open(jwe, recipient, key);
    } catch {
      // Another recipient's, or not what it says: the next one may be ours.
    }
  }
  return undefined;
}

function open(jwe: Readonly<Record<string, unknown>>, recipient: Record<string, unknown>, key: KeyObject): Uint8Array {
  const text = (object: Readonly<Record<string, unknown>>, name: string): string => String(object[name] ?? '');
  const bytes = (object: Readonly<Record<string, unknown>>, name: string): Buffer => Buffer.from(text(object, name), 'base64url');
  const outer = JSON.parse(bytes(jwe, 'protected').toString()) as Record<string, unknown>;
  const header = { ...outer, ...(isObject(recipient['header']) ? recipient['header'] : {}) };
  if (header['enc'] !== 'A256GCM') throw new TypeError('another cipher');
  const oaepHash = ({ 'RSA-OAEP': 'sha1', 'RSA-OAEP-256': 'sha256' } as Record<string, string>)[text(header, 'alg')];
  if (!oaepHash) throw new TypeError('another way of wrapping');
  const contentKey = privateDecrypt({ key, oaepHash }, bytes(recipient, 'encrypted_key'));
  const tag = bytes(jwe, 'tag');
  if (tag.length !== 16) throw new TypeError('a short tag');
  const decipher = createDecipheriv('aes-256-gcm', contentKey, bytes(jwe, 'iv'));
  decipher.setAAD(Buffer.from(text(jwe, 'protected'))).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes(jwe, 'ciphertext')), decipher.final()]);
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

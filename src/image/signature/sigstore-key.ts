import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, scrypt } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { SelkieError } from '../../errors.ts';
import { isObject } from '../manifest.ts';

export class SigstoreKeyError extends SelkieError {}

/** PEM files of a pair of keys; the private one is encrypted. */
export interface SigstoreKeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

// The name that every cosign reads; newer ones write SIGSTORE in its place.
const label = 'ENCRYPTED COSIGN PRIVATE KEY';
const labels = [label, 'ENCRYPTED SIGSTORE PRIVATE KEY'];
const cost = { N: 65536, r: 8, p: 1 };
/** More work than this is no key file's to ask for. */
const costLimit = 1 << 20;

/** A new P-256 key. Format: PEM around JSON, scrypt and NaCl's secretbox around PKCS #8, as cosign keeps it. */
export async function generateSigstoreKeyPair(passphrase: string): Promise<SigstoreKeyPair> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const plain = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
  const ciphertext = xsalsa20poly1305(await deriveKey(passphrase, salt, cost), nonce).encrypt(plain);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const box = {
    kdf: { name: 'scrypt', params: cost, salt: base64(salt) },
    cipher: { name: 'nacl/secretbox', nonce: base64(nonce) },
    ciphertext: base64(ciphertext),
  };
  return {
    privateKey: pem(label, base64(Buffer.from(JSON.stringify(box)))),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

function pem(name: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN ${name}-----\n${lines}\n-----END ${name}-----\n`;
}

/** @throws SigstoreKeyError where the file is no such key or the passphrase is not its */
export async function openSigstoreKey(text: string, passphrase: string): Promise<KeyObject> {
  const block = /-----BEGIN ([^-]+)-----\r?\n([\s\S]*?)-----END \1-----/.exec(text);
  if (!block) throw new SigstoreKeyError('invalid pem block');
  if (!labels.includes(block[1]!)) throw new SigstoreKeyError(`unsupported pem type: ${block[1]}`);
  const { params, salt, nonce, ciphertext } = parseBox(Buffer.from(block[2]!, 'base64').toString());
  let plain: Uint8Array;
  try {
    plain = xsalsa20poly1305(await deriveKey(passphrase, salt, params), nonce).decrypt(ciphertext);
  } catch (cause) {
    throw new SigstoreKeyError('decrypt: encrypted: decryption failed', { cause });
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(plain), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new SigstoreKeyError(`parsing private key: ${(cause as Error).message}`, { cause });
  }
  if (!['ec', 'rsa', 'ed25519'].includes(key.asymmetricKeyType ?? '')) throw new SigstoreKeyError('unsupported key type');
  return key;
}

interface Box {
  readonly params: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function parseBox(text: string): Box {
  const bad = (what: string): never => {
    throw new SigstoreKeyError(`decrypt: ${what}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return bad((cause as Error).message);
  }
  const { kdf, cipher, ciphertext } = isObject(json) ? json : {};
  if (!isObject(kdf) || kdf['name'] !== 'scrypt') return bad('encrypted: unknown or missing KDF');
  if (!isObject(cipher) || cipher['name'] !== 'nacl/secretbox') return bad('encrypted: unknown or missing cipher');
  const { N, r, p } = isObject(kdf['params']) ? kdf['params'] : {};
  if (![N, r, p].every((each) => Number.isSafeInteger(each) && (each as number) > 0) || (N as number) > costLimit || r !== 8 || p !== 1)
    return bad('encrypted: unsupported scrypt parameters');
  const bytes = (value: unknown): Uint8Array =>
    typeof value === 'string' ? Buffer.from(value, 'base64') : bad('encrypted: a field is no text');
  const nonce = bytes(cipher['nonce']);
  if (nonce.length !== 24) return bad('encrypted: nonce of another length than 24 bytes');
  return { params: { N: N as number, r, p }, salt: bytes(kdf['salt']), nonce, ciphertext: bytes(ciphertext) };
}

function deriveKey(passphrase: string, salt: Uint8Array, params: Box['params']): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, { ...params, maxmem: 256 * params.N * params.r }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** @throws SigstoreKeyError */
export function parsePublicKey(pemText: Uint8Array, what: string): KeyObject {
  const text = Buffer.from(pemText).toString();
  try {
    if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) throw new SigstoreKeyError('PEM decoding failed');
    return createPublicKey(text);
  } catch (cause) {
    throw new SigstoreKeyError(`parsing ${what}: ${(cause as Error).message}`, { cause });
  }
}

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SelkieError } from '../../errors.ts';
import { goJson } from '../go-json.ts';
import { isObject } from '../manifest.ts';
import type { BlobInfo } from '../transport.ts';
import { EncryptionError } from './errors.ts';
import type { DecryptionKeys, LayerEncryption, Recipients } from './keys.ts';

const prefix = 'org.opencontainers.image.enc';
const publicOptions = `${prefix}.pubopts`;
const cipherType = 'AES_256_CTR_HMAC_SHA256';

/** Wraps the layer's key in one way, unwraps it again. */
interface KeyWrapper {
  readonly annotation: string;
  /** Each opens by itself; none where there is nobody to wrap for. */
  wrap(plain: Uint8Array, recipients: Recipients): Promise<readonly Uint8Array[]>;
  hasKeys(keys: DecryptionKeys): boolean;
  unwrap(wrapped: Uint8Array, keys: DecryptionKeys): Promise<Uint8Array | undefined>;
}

const wrappers: readonly KeyWrapper[] = [
  {
    annotation: `${prefix}.keys.jwe`,
    wrap: async (plain, { jwe }) => (jwe.length === 0 ? [] : (await import('./jwe.ts')).wrapWithJwe(plain, jwe)),
    hasKeys: ({ jwe }) => jwe.length > 0,
    unwrap: async (wrapped, { jwe }) => (await import('./jwe.ts')).unwrapWithJwe(wrapped, jwe),
  },
  {
    annotation: `${prefix}.keys.pgp`,
    wrap: async (plain, { pgp }) => (pgp.length === 0 ? [] : [await (await import('./pgp.ts')).wrapWithPgp(plain, pgp)]),
    hasKeys: ({ pgp }) => pgp.length > 0,
    unwrap: async (wrapped, { pgp }) => (await import('./pgp.ts')).unwrapWithPgp(wrapped, pgp),
  },
];

export interface EncryptedLayer {
  readonly stream: AsyncIterable<Uint8Array>;
  /** What the manifest has to say beside it; to be asked for once the stream has ended. @throws EncryptionError */
  annotations(): Promise<Record<string, string>>;
}

/** Encrypts with a key of its own, which goes along wrapped for the recipients. Format: ocicrypt, AES-256-CTR and then HMAC-SHA256. */
export function encryptLayer(source: AsyncIterable<Uint8Array>, { digest }: BlobInfo, { recipients }: LayerEncryption): EncryptedLayer {
  const [key, nonce] = [randomBytes(32), randomBytes(16)];
  const mac = createHmac('sha256', key);
  async function* stream(): AsyncGenerator<Uint8Array> {
    const cipher = createCipheriv('aes-256-ctr', key, nonce);
    for await (const chunk of source) {
      const encrypted = cipher.update(chunk);
      mac.update(encrypted);
      yield encrypted;
    }
  }
  return {
    stream: stream(),
    annotations: async () => {
      const secret = { symkey: key.toString('base64'), digest, cipheroptions: { nonce: nonce.toString('base64') } };
      const open = { cipher: cipherType, hmac: mac.digest('base64'), cipheroptions: {} };
      const annotations: Record<string, string> = {};
      for (const wrapper of wrappers) {
        const wrapped = await wrapper.wrap(Buffer.from(goJson(secret)), recipients);
        if (wrapped.length > 0) annotations[wrapper.annotation] = wrapped.map((each) => Buffer.from(each).toString('base64')).join(',');
      }
      if (Object.keys(annotations).length === 0) throw new EncryptionError('no wrapped keys produced by encryption');
      return { ...annotations, [publicOptions]: Buffer.from(goJson(open)).toString('base64') };
    },
  };
}

/**
 * The layer as it was before it was encrypted. The stream fails at its end where the content is not what was encrypted: nothing of it may be
 * visible before. @throws EncryptionError where no key opens it
 */
export async function decryptLayer(
  source: AsyncIterable<Uint8Array>,
  info: BlobInfo,
  keys: DecryptionKeys,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const { key, nonce, hmac } = await cipherOptions(info.annotations ?? {}, keys);
    return decrypted(source, info, { key, nonce, hmac });
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new EncryptionError(`decrypting layer ${info.digest}: ${cause.message}`, { cause });
  }
}

interface CipherOptions {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly hmac: Uint8Array;
}

async function* decrypted(
  source: AsyncIterable<Uint8Array>,
  info: BlobInfo,
  { key, nonce, hmac }: CipherOptions,
): AsyncGenerator<Uint8Array> {
  const mac = createHmac('sha256', key);
  const cipher = createDecipheriv('aes-256-ctr', key, nonce);
  for await (const chunk of source) {
    mac.update(chunk);
    yield cipher.update(chunk);
  }
  const actual = mac.digest();
  if (actual.length !== hmac.length || !timingSafeEqual(actual, hmac))
    throw new EncryptionError(`decrypting layer ${info.digest}: the content is not what was encrypted (its HMAC differs)`);
}

async function cipherOptions(annotations: Readonly<Record<string, string>>, keys: DecryptionKeys): Promise<CipherOptions> {
  const secret = parseOptions(await unwrapKey(annotations, keys));
  const open = parseOptions(Buffer.from(annotations[publicOptions] ?? '', 'base64'));
  if (open['cipher'] !== cipherType) throw new EncryptionError(`unsupported cipher type: ${String(open['cipher'])}`);
  const optionOf = (options: Record<string, unknown>): unknown =>
    isObject(options['cipheroptions']) ? options['cipheroptions']['nonce'] : undefined;
  const [key, nonce, hmac] = [secret['symkey'], optionOf(open) ?? optionOf(secret), open['hmac']].map((each) =>
    Buffer.from(typeof each === 'string' ? each : '', 'base64'),
  ) as [Buffer, Buffer, Buffer];
  if (key.length !== 32) throw new EncryptionError(`invalid key length of ${key.length} bytes; need 32 bytes`);
  if (nonce.length !== 16) throw new EncryptionError(`invalid nonce length of ${nonce.length} bytes; need 16 bytes`);
  if (hmac.length === 0) throw new EncryptionError('HMAC is not provided for decryption process');
  return { key, nonce, hmac };
}

function parseOptions(bytes: Uint8Array): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (isObject(json)) return json;
  } catch {}
  throw new EncryptionError('the options of the cipher are no JSON object');
}

/** The options of the cipher that only holders of a key can read. Each annotation may hold several wrapped ones. */
async function unwrapKey(annotations: Readonly<Record<string, string>>, keys: DecryptionKeys): Promise<Uint8Array> {
  const tried: string[] = [];
  for (const wrapper of wrappers) {
    const value = Object.hasOwn(annotations, wrapper.annotation) ? annotations[wrapper.annotation] : undefined;
    if (!value || !wrapper.hasKeys(keys)) continue;
    for (const each of value.split(',')) {
      const opened = await wrapper.unwrap(Buffer.from(each, 'base64'), keys);
      if (opened) return opened;
    }
    tried.push(wrapper.annotation.slice(wrapper.annotation.lastIndexOf('.') + 1).toUpperCase());
  }
  if (tried.length === 0) throw new EncryptionError('missing private key needed for decryption');
  const reasons = tried.map((name) => `${name}: No suitable private key found for decryption`).join('; ');
  throw new EncryptionError(`no suitable key unwrapper found or none of the private keys could be used for decryption: ${reasons}`);
}

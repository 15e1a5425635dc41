import { createHash, type KeyObject, verify } from 'node:crypto';
import { json as sigstoreJson } from '@sigstore/core';
import { isObject } from '../manifest.ts';
import { anyObject, exactObject, parseStrictJson, StrictJsonError, textOf } from '../strict-json.ts';
import { InvalidSignature } from './errors.ts';
import { decodeBase64 } from './sigstore.ts';

/** What an entry of the log must be about. */
export interface LoggedSignature {
  readonly payload: Uint8Array;
  /** Base64. */
  readonly signature: string;
  /** DER of the public key or the certificate that it was made with. */
  readonly keyOrCertificate: Uint8Array;
}

/**
 * Checks that a transparency log promised to hold this signature, and tells when it took it in. Format: cosign's bundle, hashedrekord 0.0.1.
 * @param bundle untrusted @param logKeys P-256 keys of logs @throws InvalidSignature
 */
export function verifyRekorEntry(bundle: string, logKeys: readonly KeyObject[], expected: LoggedSignature): Date {
  try {
    return verifyEntry(bundle, logKeys, expected);
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause;
    throw new InvalidSignature(cause.message, { cause });
  }
}

function verifyEntry(bundle: string, logKeys: readonly KeyObject[], expected: LoggedSignature): Date {
  const { SignedEntryTimestamp, Payload } = exactObject(parseStrictJson(bundle), ['SignedEntryTimestamp', 'Payload']);
  const promise = decodeBase64(textOf(SignedEntryTimestamp, 'SignedEntryTimestamp'));
  const canonical = Buffer.from(sigstoreJson.canonicalize(Payload));
  if (!logKeys.some((key) => verify('sha256', canonical, key, promise)))
    throw new InvalidSignature('cryptographic signature verification of Rekor SET failed');
  // From here on it is the log that says so; whether it says it of this signature is still open.
  const { body, integratedTime } = exactObject(Payload, ['body', 'integratedTime', 'logIndex', 'logID']);
  if (!Number.isSafeInteger(integratedTime)) throw new InvalidSignature('integratedTime in Rekor SET is not an integer');
  const spec = hashedRekord(decodeBase64(textOf(body, 'body')));
  matchKey(spec, expected.keyOrCertificate);
  matchSignature(spec, expected.signature);
  matchPayload(spec, expected.payload);
  return new Date((integratedTime as number) * 1000);
}

function hashedRekord(body: Uint8Array): Record<string, unknown> {
  const { kind, apiVersion, spec } = anyObject(parseStrictJson(Buffer.from(body).toString()));
  if (kind !== 'hashedrekord') throw new InvalidSignature(`invalid kind value: ${JSON.stringify(kind)}`);
  if (apiVersion !== '0.0.1')
    throw new InvalidSignature(`unsupported Rekor SET Payload hashedrekord version ${JSON.stringify(apiVersion)}`);
  return anyObject(spec);
}

function field(object: Record<string, unknown>, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof value !== 'string') throw new InvalidSignature(`Missing ${JSON.stringify(path)} field in hashedrekord`);
  return value;
}

function matchKey(spec: Record<string, unknown>, expected: Uint8Array): void {
  const pem = decodeBase64(field(spec, 'signature.publicKey.content')).toString();
  const block = /^-----BEGIN ([^-]+)-----\r?\n([\s\S]*?)-----END \1-----\s*$/.exec(pem);
  if (!block) throw new InvalidSignature('publicKey in Rekor SET is not in PEM format');
  if (Buffer.compare(Buffer.from(block[2]!, 'base64'), expected) !== 0) throw new InvalidSignature('publicKey in Rekor SET does not match');
}

function matchSignature(spec: Record<string, unknown>, expected: string): void {
  if (Buffer.compare(decodeBase64(field(spec, 'signature.content')), decodeBase64(expected)) !== 0)
    throw new InvalidSignature('signature in Rekor SET does not match');
}

function matchPayload(spec: Record<string, unknown>, payload: Uint8Array): void {
  const algorithm = field(spec, 'data.hash.algorithm');
  if (algorithm !== 'sha256') throw new InvalidSignature(`Unexpected "data.hash.algorithm" value ${JSON.stringify(algorithm)}`);
  if (field(spec, 'data.hash.value') !== createHash('sha256').update(payload).digest('hex'))
    throw new InvalidSignature('payload in Rekor SET does not match');
}

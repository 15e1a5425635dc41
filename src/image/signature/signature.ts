import { SelkieError } from '../../errors.ts';
import { goJson, sortKeys } from '../go-json.ts';
import { isObject } from '../manifest.ts';

/** An OpenPGP message around a document of simple signing. */
export interface SimpleSignature {
  readonly format: 'simple-signing';
  readonly message: Uint8Array;
}

/** What cosign attaches to an image: a payload, and annotations with the signature of it and what vouches for the key. */
export interface SigstoreSignature {
  readonly format: 'sigstore-json';
  readonly mediaType: string;
  readonly payload: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Untrusted until verified, all of it. */
export type Signature = SimpleSignature | SigstoreSignature;

export const sigstoreMediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const signatureAnnotation = 'dev.cosignproject.cosign/signature';
export const bundleAnnotation = 'dev.sigstore.cosign/bundle';
export const certificateAnnotation = 'dev.sigstore.cosign/certificate';
export const chainAnnotation = 'dev.sigstore.cosign/chain';

/** Larger signatures are refused unread. */
export const signatureLimit = 4 << 20;

/** First bytes of OpenPGP: compressed data, one-pass signature, signature, each in the old and the new form. */
const openPgp = [0xa0, 0xa1, 0xa2, 0xa3, 0xc8, 0x90, 0x91, 0x92, 0x3d, 0xc4, 0x88, 0x89, 0x8a, 0x8b, 0xc2];

/** The form in which signatures are kept by dir:, lookasides and stores. @throws SelkieError */
export function parseSignature(blob: Uint8Array): Signature {
  const first = blob[0];
  if (first === undefined) throw new SelkieError('empty signature blob');
  if (openPgp.includes(first)) return { format: 'simple-signing', message: blob };
  if (first !== 0) throw new SelkieError(`unrecognized signature format, starting with binary 0x${first.toString(16)}`);
  const newline = blob.indexOf(0x0a);
  if (newline < 0) throw new SelkieError('invalid signature format, missing newline');
  const format = Buffer.from(blob.subarray(1, newline)).toString('latin1');
  if (!/^[ -~]*$/.test(format)) throw new SelkieError('invalid signature format, non-ASCII byte in its name');
  const content = blob.subarray(newline + 1);
  if (format === 'simple-signing') return { format, message: content };
  if (format === 'sigstore-json') return parseSigstore(content);
  throw new SelkieError(`unrecognized signature format ${JSON.stringify(format)}`);
}

function parseSigstore(content: Uint8Array): SigstoreSignature {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw new SelkieError(`parsing a sigstore signature: ${(cause as Error).message}`, { cause });
  }
  if (!isObject(json)) throw new SelkieError('parsing a sigstore signature: not a JSON object');
  const { mimeType = '', payload = '', annotations } = json;
  const texts = isObject(annotations) ? annotations : {};
  if (typeof mimeType !== 'string' || typeof payload !== 'string' || !Object.values(texts).every((each) => typeof each === 'string'))
    throw new SelkieError('parsing a sigstore signature: a field is not a text');
  return {
    format: 'sigstore-json',
    mediaType: mimeType,
    payload: Buffer.from(payload, 'base64'),
    annotations: texts as Record<string, string>,
  };
}

export function serializeSignature(signature: Signature): Uint8Array {
  if (signature.format === 'simple-signing') return signature.message;
  const { mediaType, payload, annotations } = signature;
  const json = { mimeType: mediaType, payload: Buffer.from(payload).toString('base64'), annotations: sortKeys({ ...annotations }) };
  return Buffer.from(`\0sigstore-json\n${goJson(json)}`);
}

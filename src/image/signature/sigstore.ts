import { type KeyObject, sign, verify } from 'node:crypto';
import { manifestDigest } from '../manifest.ts';
import { InvalidSignature } from './errors.ts';
import { makePayload, type Payload, parsePayload } from './payload.ts';
import { type SigstoreSignature, signatureAnnotation, sigstoreMediaType } from './signature.ts';

const payloadType = 'cosign container image signature';

/** Signs a manifest as the image of a name. Format: cosign's SIGNATURE_SPEC, with the tag in the name as simple signing has it. */
export function signWithSigstore(key: KeyObject, manifest: Uint8Array, reference: string): SigstoreSignature {
  const payload = makePayload(payloadType, { digest: manifestDigest(manifest), reference });
  const signature = sign(hashFor(key), payload, key).toString('base64');
  return { format: 'sigstore-json', mediaType: sigstoreMediaType, payload, annotations: { [signatureAnnotation]: signature } };
}

/** What a signature says, once one of the keys has been found to have signed it. @throws InvalidSignature */
export function verifySigstore({ payload, annotations }: SigstoreSignature, keys: readonly KeyObject[]): Payload {
  const signature = decodeBase64(requireAnnotation(annotations, signatureAnnotation));
  if (!keys.some((key) => verify(hashFor(key), payload, key, signature)))
    throw new InvalidSignature(`cryptographic signature verification failed: ${keys.map(refusalOf).join(', ')}`);
  return parsePayload(payloadType, payload);
}

/** @throws InvalidSignature */
export function requireAnnotation(annotations: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  if (value === undefined) throw new InvalidSignature(`missing ${name} annotation`);
  return value;
}

/** Base64 with nothing else in it. @throws InvalidSignature */
export function decodeBase64(text: string): Buffer {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, '')))
    throw new InvalidSignature('base64 decoding: illegal base64 data');
  return Buffer.from(text, 'base64');
}

function refusalOf({ asymmetricKeyType }: KeyObject): string {
  if (asymmetricKeyType === 'ec') return 'invalid signature when validating ASN.1 encoded signature';
  return asymmetricKeyType === 'rsa' ? 'crypto/rsa: verification error' : 'failed to verify signature';
}

/** Ed25519 hashes by itself. */
function hashFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

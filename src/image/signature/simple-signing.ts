import type { Gpg } from '../gpg.ts';
import { manifestDigest } from '../manifest.ts';
import { InvalidSignature } from './errors.ts';
import { makePayload, type Payload, parsePayload } from './payload.ts';

/** Signs a manifest as the image of a name. @param key as gpg takes it: fingerprint, address, name @throws GpgError */
export function signManifest(gpg: Gpg, manifest: Uint8Array, reference: string, key: string, passphrase?: string): Uint8Array {
  return gpg.sign(makePayload('atomic container signature', { digest: manifestDigest(manifest), reference }), key, passphrase);
}

export interface VerifiedPayload extends Payload {
  /** Of the accepted key. */
  readonly fingerprint: string;
}

/** What a message says, once one of the keys has been found to have signed it. @param fingerprints of primary keys or subkeys @throws InvalidSignature */
export function verifyMessage(gpg: Gpg, message: Uint8Array, fingerprints: readonly string[]): VerifiedPayload {
  const { content, fingerprint, primary } = gpg.verify(message);
  const accepted = [fingerprint, primary].find((each) => fingerprints.includes(each));
  if (accepted === undefined) throw new InvalidSignature(`signature by key ${fingerprint} of ${primary} is not accepted`);
  return { ...parsePayload('atomic container signature', content), fingerprint: accepted };
}

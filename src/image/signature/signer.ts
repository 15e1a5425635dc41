import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SigningError } from './errors.ts';
import { bundleAnnotation, type Signature, type SigstoreSignature, signatureAnnotation } from './signature.ts';

/** Makes one signature of an image. */
export interface Signer {
  /** What is said before it begins. */
  readonly message: string;
  /** @param reference full name with a tag or digest @throws SigningError, GpgError */
  sign(manifest: Uint8Array, reference: string): Promise<Signature>;
}

/** Signs with a key of the user's key ring. @param passphrase undefined: gpg-agent asks where it has to */
export function gpgSigner(key: string, passphrase?: string): Signer {
  if (passphrase?.includes('\n')) throw new SigningError('invalid passphrase: must not contain a line break');
  return {
    message: 'Signing image using simple signing',
    sign: async (manifest, reference) => {
      const [{ Gpg }, { signManifest }] = await Promise.all([import('../gpg.ts'), import('./simple-signing.ts')]);
      using gpg = Gpg.ofUser();
      return { format: 'simple-signing', message: signManifest(gpg, manifest, reference, key, passphrase) };
    },
  };
}

/**
 * Signs with a private key as {@link generateSigstoreKeyPair} makes them. The file is opened at once.
 * @param rekorUrl of a log that is to take each signature in @throws SigningError, SigstoreKeyError
 */
export async function sigstoreSigner(path: string, passphrase: string, rekorUrl?: URL): Promise<Signer> {
  const [{ openSigstoreKey, SigstoreKeyError }, { signWithSigstore }] = await Promise.all([
    import('./sigstore-key.ts'),
    import('./sigstore.ts'),
  ]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SigningError(`reading private key from ${path}: open ${path}: no such file or directory`, { cause });
  }
  const key = await openSigstoreKey(text, passphrase).catch((cause: unknown) => {
    throw cause instanceof SigstoreKeyError ? new SigningError(`initializing private key: ${cause.message}`, { cause }) : cause;
  });
  return {
    message: 'Signing image using a sigstore signature',
    sign: async (manifest, reference) => {
      const signature = signWithSigstore(key, manifest, reference);
      return rekorUrl ? logged(signature, key, rekorUrl) : signature;
    },
  };
}

async function logged(signature: SigstoreSignature, key: KeyObject, rekorUrl: URL): Promise<SigstoreSignature> {
  const [{ uploadToRekor }, { createPublicKey }] = await Promise.all([import('./rekor-upload.ts'), import('node:crypto')]);
  const { payload, annotations } = signature;
  const bundle = await uploadToRekor(rekorUrl, {
    payload,
    signature: annotations[signatureAnnotation]!,
    keyOrCertificate: createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string,
  });
  return { ...signature, annotations: { ...annotations, [bundleAnnotation]: bundle } };
}

import { readFileSync } from 'node:fs';
import { SigningError } from './errors.ts';
import type { Signature } from './signature.ts';

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

/** Signs with a private key as {@link generateSigstoreKeyPair} makes them. The file is opened at once. @throws SigningError, SigstoreKeyError */
export async function sigstoreSigner(path: string, passphrase: string): Promise<Signer> {
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
    sign: async (manifest, reference) => signWithSigstore(key, manifest, reference),
  };
}

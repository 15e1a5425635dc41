import { Gpg, GpgError } from '../gpg.ts';
import { EncryptionError } from './errors.ts';

/** Encrypts for keys of the user's key ring. @throws EncryptionError */
export async function wrapWithPgp(plain: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  using gpg = Gpg.ofUser();
  try {
    return gpg.encrypt(plain, recipients);
  } catch (cause) {
    if (!(cause instanceof GpgError)) throw cause;
    throw new EncryptionError(`encrypting for ${recipients.join(', ')}: ${cause.message}`, { cause });
  }
}

/** What was wrapped, or undefined where none of the keys opens it. */
export async function unwrapWithPgp(
  wrapped: Uint8Array,
  keys: readonly { readonly keyRing: Uint8Array; readonly passphrase?: string }[],
): Promise<Uint8Array | undefined> {
  for (const { keyRing, passphrase } of keys) {
    using gpg = Gpg.withKeys([keyRing]);
    const opened = gpg.decrypt(wrapped, passphrase);
    if (opened) return opened;
  }
  return undefined;
}

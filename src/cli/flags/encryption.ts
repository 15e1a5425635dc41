import { SelkieError } from '../../errors.ts';
import type { DecryptionKeys, LayerEncryption } from '../../image/encryption/keys.ts';

/** How the program at hand says that keys cannot be read. */
export type KeyErrors = 'skopeo' | 'podman';

/** --decryption-key; undefined for none given. @throws SelkieError */
export async function toDecryption(
  entries: readonly string[] | undefined,
  errors: KeyErrors = 'podman',
): Promise<DecryptionKeys | undefined> {
  if (!entries?.length) return undefined;
  const { readDecryptionKeys } = await import('../../image/encryption/keys.ts');
  return readingKeys('decryption', errors, () => readDecryptionKeys(entries));
}

/** --encryption-key and --encrypt-layer; undefined for none given. @throws SelkieError */
export async function toEncryption(
  entries: readonly string[] | undefined,
  layers: readonly number[] | undefined,
  errors: KeyErrors = 'podman',
): Promise<LayerEncryption | undefined> {
  if (!entries?.length) {
    if (layers?.length) throw new SelkieError('--encrypt-layer can only be used with --encryption-key');
    return undefined;
  }
  const { readRecipients } = await import('../../image/encryption/keys.ts');
  return { recipients: await readingKeys('encryption', errors, () => readRecipients(entries)), layers: layers ?? [] };
}

async function readingKeys<T>(what: string, errors: KeyErrors, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    const before = errors === 'skopeo' ? `Invalid ${what} keys` : `unable to obtain ${what} config: invalid ${what} keys`;
    throw new SelkieError(`${before}: ${cause.message}`, { cause });
  }
}

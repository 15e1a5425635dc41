import { SelkieError } from '../../errors.ts';
import type { DecryptionKeys, LayerEncryption } from '../../image/encryption/keys.ts';

/** --decryption-key; undefined for none given. @param failed what the program says before the reason @throws SelkieError */
export async function toDecryption(
  entries: readonly string[] | undefined,
  failed = 'unable to obtain decryption config: invalid decryption keys',
): Promise<DecryptionKeys | undefined> {
  if (!entries?.length) return undefined;
  const { readDecryptionKeys } = await import('../../image/encryption/keys.ts');
  return readDecryptionKeys(entries).catch(saying(failed));
}

/** --encryption-key and --encrypt-layer; undefined for none given. @param failed as for {@link toDecryption} @throws SelkieError */
export async function toEncryption(
  entries: readonly string[] | undefined,
  layers: readonly number[] | undefined,
  failed = 'unable to obtain encryption config: invalid encryption keys',
): Promise<LayerEncryption | undefined> {
  if (!entries?.length) {
    // Podman goes on and pushes what was to be encrypted as it is.
    if (layers?.length) throw new SelkieError('--encrypt-layer can only be used with --encryption-key');
    return undefined;
  }
  const { readRecipients } = await import('../../image/encryption/keys.ts');
  return { recipients: await readRecipients(entries).catch(saying(failed)), layers: layers ?? [] };
}

const saying =
  (failed: string) =>
  (cause: unknown): never => {
    throw cause instanceof SelkieError ? new SelkieError(`${failed}: ${cause.message}`, { cause }) : cause;
  };

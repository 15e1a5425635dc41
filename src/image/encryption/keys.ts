import { readFileSync } from 'node:fs';
import { EncryptionError } from './errors.ts';
import type { JweKey } from './jwe.ts';

/** For whom layers are encrypted. */
export interface Recipients {
  readonly jwe: readonly JweKey[];
  /** Names or addresses in the user's GnuPG key ring. */
  readonly pgp: readonly string[];
}

export interface LayerEncryption {
  readonly recipients: Recipients;
  /** Positions from the lowest layer, negative from the top; none: all. */
  readonly layers: readonly number[];
}

export interface DecryptionKeys {
  readonly jwe: readonly JweKey[];
  /** Exported secret keys of OpenPGP. */
  readonly pgp: readonly { readonly keyRing: Uint8Array; readonly passphrase?: string }[];
}

/** Protocols of ocicrypt that need more than keys in files. */
const refused: Readonly<Record<string, string>> = {
  pkcs7: 'certificates (pkcs7)',
  pkcs11: 'hardware tokens (pkcs11)',
  provider: 'key providers (provider)',
};

/** Reads what `--encryption-key` names: `jwe:FILE` or `pgp:NAME`. @throws EncryptionError */
export async function readRecipients(entries: readonly string[]): Promise<Recipients> {
  const jwe: JweKey[] = [];
  const pgp: string[] = [];
  for (const entry of entries) {
    const [, protocol, value] = /^([^:]*):(.*)$/s.exec(entry) ?? [];
    if (protocol === undefined || value === undefined) throw new EncryptionError('Invalid recipient format');
    if (protocol === 'pgp') pgp.push(value);
    else if (protocol === 'jwe') {
      const { parsePublicKey } = await import('./jwe.ts');
      jwe.push(await parsePublicKey(readKeyFile(value, 'Unable to read file: ')));
    } else if (Object.hasOwn(refused, protocol))
      throw new EncryptionError(`encryption with ${refused[protocol]} is not available in selkie; use jwe:FILE or pgp:NAME`);
    else throw new EncryptionError('Provided protocol not recognized');
  }
  return { jwe, pgp };
}

/** Reads what `--decryption-key` names: `FILE[:PASSPHRASE]`, also `FILE:pass=…`, `FILE:file=…`, `FILE:fd=…`. @throws EncryptionError */
export async function readDecryptionKeys(entries: readonly string[]): Promise<DecryptionKeys> {
  const { parsePrivateKey } = await import('./jwe.ts');
  const jwe: JweKey[] = [];
  const pgp: { keyRing: Uint8Array; passphrase?: string }[] = [];
  for (const entry of entries) {
    if (entry.startsWith('provider:')) throw new EncryptionError(`decryption with ${refused['provider']} is not available in selkie`);
    const parts = entry.split(':');
    const passphrase = parts.length === 2 ? readPassphrase(parts[1]!) : undefined;
    const bytes = readKeyFile(parts[0]!);
    const key = await parsePrivateKey(bytes, passphrase);
    if (key) jwe.push(key);
    else if (isKeyRing(bytes)) pgp.push({ keyRing: bytes, ...(passphrase === undefined ? {} : { passphrase }) });
    // Other files, such as certificates beside a key, are no keys of ours.
  }
  return { jwe, pgp };
}

/** A binary OpenPGP secret key begins with its packet. */
function isKeyRing(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  const tag = first & 0x40 ? first & 0x3f : (first & 0x3c) >> 2;
  return (first & 0x80) !== 0 && tag === 5;
}

function readPassphrase(text: string): string {
  if (text.startsWith('file=')) return readKeyFile(text.slice(5)).toString();
  if (text.startsWith('pass=')) return text.slice(5);
  if (text.startsWith('fd=')) {
    const fd = Number(text.slice(3));
    if (!Number.isInteger(fd) || fd < 0) throw new EncryptionError(`could not parse file descriptor ${text.slice(3)}`);
    return readFileSync(fd).subarray(0, 64).toString();
  }
  return text;
}

function readKeyFile(path: string, before = ''): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new EncryptionError(`${before}open ${path}: no such file or directory`, { cause });
  }
}

import { readFileSync } from 'node:fs';
import { SelkieError } from '../../errors.ts';
import type { Signer } from '../../image/signature/signer.ts';
import { flag } from '../flag.ts';
import { isTerminal } from '../is-terminal.ts';
import { writeOut } from '../streams.ts';

/** How an image is signed as it is pushed. */
export const signing = {
  'sign-by': flag.string({ summary: 'Sign by GnuPG with this key' }),
  'sign-by-sigstore': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore as this file says', complete: 'files' }),
  'sign-by-sigstore-private-key': flag.string({ valueName: 'PATH', summary: 'Sign by sigstore with this private key', complete: 'files' }),
  'sign-by-sq-fingerprint': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by Sequoia with the key of this fingerprint' }),
  'sign-passphrase-file': flag.string({ valueName: 'PATH', summary: 'File with the passphrase of the signing key', complete: 'files' }),
};

type SigningFlags = { readonly [name in keyof typeof signing]?: string };

/** How a program asks for a passphrase, and what it says of flags that exclude each other. */
export interface SigningSpeaker {
  readonly only: 'Only' | 'only';
  /** Before what is wrong with a file of parameters. */
  readonly parametersFailed: string;
  askPassphrase(keyFile: string): string;
}

const podman: SigningSpeaker = { only: 'only', parametersFailed: '', askPassphrase: () => (isTerminal(0) ? ask('Key Passphrase: ') : '') };
export const skopeoSigning: SigningSpeaker = { only: 'Only', parametersFailed: 'Error using --sign-by-sigstore: ', askPassphrase };

/** The signers that the flags ask for, asking for passphrases where there is a terminal. @throws SelkieError */
export async function toSigners(flags: SigningFlags, speaker = podman): Promise<Signer[]> {
  const [key, sigstoreKey] = [flags['sign-by'], flags['sign-by-sigstore-private-key']];
  const passphraseFile = flags['sign-passphrase-file'];
  const chosen = [key, flags['sign-by-sq-fingerprint'], sigstoreKey].filter(Boolean).length;
  if (passphraseFile && chosen > 1)
    throw new SelkieError(
      `${speaker.only} one of --sign-by, --sign-by-sq-fingerprint and --sign-by-sigstore-private-key can be used with --sign-passphrase-file`,
    );
  const signers: Signer[] = [];
  const passphrase = passphraseFile ? readPassphraseFile(passphraseFile) : sigstoreKey ? speaker.askPassphrase(sigstoreKey) : undefined;
  if (flags['sign-by-sigstore']) signers.push(await signerOfParameters(flags['sign-by-sigstore'], speaker));
  if (flags['sign-by-sq-fingerprint'])
    throw new SelkieError('Error using --sign-by-sq-fingerprint: Sequoia-PGP support is not enabled in this build');
  if (key) {
    const { gpgSigner } = await import('../../image/signature/signer.ts');
    signers.push(gpgSigner(key, passphrase));
  }
  if (sigstoreKey) {
    const { sigstoreSigner } = await import('../../image/signature/signer.ts');
    signers.push(await sigstoreSigner(sigstoreKey, passphrase!));
  }
  return signers;
}

async function signerOfParameters(path: string, speaker: SigningSpeaker): Promise<Signer> {
  const { readSigstoreParameters } = await import('../../image/signature/sigstore-parameters.ts');
  const { sigstoreSigner } = await import('../../image/signature/signer.ts');
  try {
    const { privateKeyFile, privateKeyPassphraseFile, rekorUrl } = await readSigstoreParameters(path);
    const passphrase = privateKeyPassphraseFile ? readPassphraseFile(privateKeyPassphraseFile) : speaker.askPassphrase(privateKeyFile);
    return await sigstoreSigner(privateKeyFile, passphrase, rekorUrl);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(speaker.parametersFailed + cause.message, { cause });
  }
}

/** The first line, as gpg reads such files. */
export function readPassphraseFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]!;
  } catch (cause) {
    throw new SelkieError(`open ${path}: no such file or directory`, { cause });
  }
}

/** @throws SelkieError where there is nobody to ask */
export function askPassphrase(keyFile: string): string {
  if (!isTerminal(0)) throw new SelkieError(`Cannot prompt for a passphrase for key ${keyFile}, standard input is not a TTY`);
  return ask(`Passphrase for key ${keyFile}: `);
}

function ask(question: string): string {
  const { askHidden } = require('../prompt.ts') as typeof import('../prompt.ts');
  return askHidden(question, writeOut);
}

import { readFileSync } from 'node:fs';
import { isObject } from '../manifest.ts';
import { SigningError } from './errors.ts';

/** How to sign, from a file. Format: containers-sigstore-signing-params.yaml(5). */
export interface SigstoreParameters {
  readonly privateKeyFile: string;
  readonly privateKeyPassphraseFile?: string;
  /** A log that is to take each signature in. */
  readonly rekorUrl?: URL;
}

const known = ['privateKeyFile', 'privateKeyPassphraseFile', 'fulcio', 'rekorURL'];

/** Reads a parameter file. Certificates of Fulcio, which takes a person at a browser, are refused. @throws SigningError */
export async function readSigstoreParameters(path: string): Promise<SigstoreParameters> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new SigningError(`setting up signing using parameter file ${JSON.stringify(path)}: ${reason}`, { cause });
  };
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    fail(`reading ${JSON.stringify(path)}: open ${path}: no such file or directory`, cause);
  }
  const { parse } = await import('yaml');
  let parameters: unknown;
  try {
    parameters = parse(text);
  } catch (cause) {
    fail(`parsing ${JSON.stringify(path)}: ${(cause as Error).message}`, cause);
  }
  if (!isObject(parameters)) return fail(`parsing ${JSON.stringify(path)}: not a list of parameters`);
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`parsing ${JSON.stringify(path)}: field ${unknown} not found`);
  const { privateKeyFile, privateKeyPassphraseFile, fulcio, rekorURL } = parameters;
  if (fulcio !== undefined) fail('signing with a certificate of Fulcio is not available in selkie; use privateKeyFile');
  for (const value of [privateKeyFile, privateKeyPassphraseFile, rekorURL])
    if (value !== undefined && typeof value !== 'string') fail(`parsing ${JSON.stringify(path)}: a value is not a text`);
  if (rekorURL && !/^https?:/.test(URL.parse(rekorURL as string)?.protocol ?? ''))
    throw new SigningError(`parsing rekorURL ${JSON.stringify(rekorURL)}: not an address of http or https`);
  if (!privateKeyFile)
    throw new SigningError(
      'no private key source provided (neither a private key nor Fulcio) when preparing to create sigstore signatures',
    );
  return {
    privateKeyFile: privateKeyFile as string,
    ...(privateKeyPassphraseFile ? { privateKeyPassphraseFile: privateKeyPassphraseFile as string } : {}),
    ...(rekorURL ? { rekorUrl: new URL(rekorURL as string) } : {}),
  };
}

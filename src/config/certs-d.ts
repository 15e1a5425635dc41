import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { configHome, homeDir } from './paths.ts';

/** PEM texts for one registry. */
export interface RegistryCertificates {
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

export class CertificateError extends SelkieError {}

/** What certs.d, or the directory given instead, holds for `host[:port]`. @throws CertificateError when half of a client pair is missing */
export function registryCertificates(host: string, certDir?: string): RegistryCertificates {
  if (certDir) return readCertificates(certDir);
  for (const base of [
    join(configHome(), 'containers/certs.d'),
    join(homeDir(), '.config/containers/certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ]) {
    const directory = join(base, host);
    const found = list(directory);
    if (found) return readCertificates(directory, found);
  }
  return { ca: [] };
}

function list(directory: string): string[] | undefined {
  try {
    return readdirSync(directory).sort();
  } catch {
    return undefined;
  }
}

/** A directory that is not there, even one that was asked for, has no certificates: what then fails is the verification. */
function readCertificates(directory: string, names = list(directory)): RegistryCertificates {
  if (names === undefined) return { ca: [] };
  const text = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const ca = names.filter((name) => name.endsWith('.crt')).map(text);
  let pair: { cert: string; key: string } | undefined;
  for (const name of names) {
    if (name.endsWith('.cert')) {
      const key = name.replace(/\.cert$/, '.key');
      if (!names.includes(key))
        throw new CertificateError(
          `missing key ${key} for client certificate ${name}. Note that CA certificates should use the extension .crt`,
        );
      pair ??= { cert: text(name), key: text(key) };
    } else if (name.endsWith('.key') && !names.includes(name.replace(/\.key$/, '.cert'))) {
      throw new CertificateError(`missing client certificate ${name.replace(/\.key$/, '.cert')} for key ${name}`);
    }
  }
  return { ca, ...pair };
}

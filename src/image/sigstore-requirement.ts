import type { PolicyRequirement } from './policy.ts';
import { keyBytes } from './requirement-keys.ts';
import { validateIdentity } from './signed-identity.ts';
import { onlyKeys, StrictJsonError, textOf } from './strict-json.ts';

export const keySources = ['keyPath', 'keyPaths', 'keyData', 'keyDatas'] as const;
export const rekorSources = ['rekorPublicKeyPath', 'rekorPublicKeyPaths', 'rekorPublicKeyData', 'rekorPublicKeyDatas'] as const;

/** Whoever proved to Fulcio that an address is his. */
export interface FulcioTrust {
  readonly caPath?: string;
  readonly caData?: string;
  readonly oidcIssuer: string;
  readonly subjectEmail: string;
}

/** Whoever has a certificate of an authority. */
export interface PkiTrust {
  readonly caRootsPath?: string;
  readonly caRootsData?: string;
  readonly caIntermediatesPath?: string;
  readonly caIntermediatesData?: string;
  readonly subjectEmail?: string;
  readonly subjectHostname?: string;
}

/** Checks a requirement of type sigstoreSigned. @throws StrictJsonError */
export function validateSigstoreSigned(requirement: PolicyRequirement): void {
  const fields = onlyKeys(requirement, ['type', ...keySources, ...rekorSources, 'fulcio', 'pki', 'signedIdentity']);
  const present = (names: readonly string[]): string[] =>
    names.filter((name) => requirement[name] !== undefined && requirement[name] !== '');
  for (const name of [...keySources, ...rekorSources]) {
    keyBytes.validate(requirement, name);
    if (Array.isArray(requirement[name]) && requirement[name].length === 0)
      throw new StrictJsonError(`${JSON.stringify(name)} contains no entries`);
  }
  if (fields.fulcio !== undefined) validateFulcio(fields.fulcio);
  if (fields.pki !== undefined) validatePki(fields.pki);
  if (present([...keySources, 'fulcio', 'pki']).length !== 1)
    throw new StrictJsonError('exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio, and pki must be specified');
  const logs = present(rekorSources).length;
  const several = 'rekorPublickeyPath, rekorPublicKeyPaths, rekorPublickeyData and rekorPublicKeyDatas';
  if (logs > 1) throw new StrictJsonError(`at most one of ${several} can be used simultaneously`);
  if (fields.fulcio !== undefined && logs === 0)
    throw new StrictJsonError(`At least one of ${several} must be specified if fulcio is used`);
  if (fields.pki !== undefined && logs > 0) throw new StrictJsonError(`${several} are not supported for pki`);
  if (fields.signedIdentity !== undefined) validateIdentity(fields.signedIdentity);
}

function validateFulcio(value: unknown): void {
  const fulcio = onlyKeys(value, ['caPath', 'caData', 'oidcIssuer', 'subjectEmail']);
  oneSource(fulcio, 'caPath', 'caData', true);
  if (!fulcio.oidcIssuer) throw new StrictJsonError('oidcIssuer not specified');
  if (!fulcio.subjectEmail) throw new StrictJsonError('subjectEmail not specified');
  textOf(fulcio.oidcIssuer, 'oidcIssuer');
  textOf(fulcio.subjectEmail, 'subjectEmail');
}

function validatePki(value: unknown): void {
  const authority = ['caRootsPath', 'caRootsData', 'caIntermediatesPath', 'caIntermediatesData'] as const;
  const pki = onlyKeys(value, [...authority, 'subjectEmail', 'subjectHostname']);
  oneSource(pki, 'caRootsPath', 'caRootsData', true);
  oneSource(pki, 'caIntermediatesPath', 'caIntermediatesData', false);
  const subjects = [pki.subjectEmail, pki.subjectHostname].filter((each) => each !== undefined && each !== '');
  if (subjects.length === 0) throw new StrictJsonError('At least one of subjectEmail, subjectHostname must be specified');
  for (const subject of subjects) textOf(subject, 'subject');
}

function oneSource(fields: Readonly<Record<string, unknown>>, path: string, data: string, required: boolean): void {
  keyBytes.validate(fields, path);
  keyBytes.validate(fields, data);
  const count = [path, data].filter((name) => fields[name] !== undefined).length;
  if (count > 1) throw new StrictJsonError(`${path} and ${data} cannot be used simultaneously`);
  if (count === 0 && required) throw new StrictJsonError(`At least one of ${path} and ${data} must be specified`);
}

import { refusalOf } from './accepted-signature.ts';
import type { PolicyRequirement } from './policy.ts';
import type { PolicySubject } from './policy-requirements.ts';
import { keyBytes } from './requirement-keys.ts';
import { parseSignature } from './signature/signature.ts';
import { validateIdentity } from './signed-identity.ts';
import { onlyKeys, StrictJsonError } from './strict-json.ts';

const keySources = ['keyPath', 'keyPaths', 'keyData'] as const;
const keyTypes = ['GPGKeys', 'signedByGPGKeys', 'X509Certificates', 'signedByX509CAs'];

/** @throws StrictJsonError */
export function validateSignedBy(requirement: PolicyRequirement): void {
  const { keyType, signedIdentity } = onlyKeys(requirement, ['type', 'keyType', ...keySources, 'signedIdentity']);
  if (keyType !== undefined && !keyTypes.includes(keyType as string))
    throw new StrictJsonError(`Unrecognized keyType value ${JSON.stringify(keyType)}`);
  const given = keySources.filter((name) => requirement[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them present' : 'more than one present';
    throw new StrictJsonError(`Exactly one of keyPath, keyPaths and keyData must be specified, ${found}`);
  }
  keyBytes.validate(requirement, given[0]!);
  if (requirement[given[0]!] === '') throw new StrictJsonError('exactly one of keyPath, keyPaths and keyData must be specified');
  if (keyType === undefined) throw new StrictJsonError('invalid keyType ""');
  if (signedIdentity !== undefined) validateIdentity(signedIdentity);
}

/**
 * Simple signing: one of the stored signatures must be by a key of the requirement, for this very manifest, and for a name that the
 * requirement takes for the image's. GnuPG verifies, in a key ring of its own with nothing but the requirement's keys. @returns the reason to refuse
 */
export async function checkSignedBy(requirement: PolicyRequirement, subject: PolicySubject): Promise<string | undefined> {
  const signatures = (await subject.source.signatures(subject.instance))
    .map(parseSignature)
    .filter((each) => each.format === 'simple-signing');
  if (signatures.length === 0) return 'A signature was required, but no signature exists';
  const { keyType } = requirement;
  if (keyType !== 'GPGKeys') return `Unimplemented "keyType" value ${JSON.stringify(keyType)}`;
  const [{ Gpg }, { verifyMessage }] = await Promise.all([import('./gpg.ts'), import('./signature/simple-signing.ts')]);
  using gpg = Gpg.withKeys(keySources.flatMap((name) => keyBytes.read(requirement, name)));
  const trusted = gpg.fingerprints();
  if (trusted.length === 0) return 'No public keys imported';
  return refusalOf(signatures, ({ message }) => verifyMessage(gpg, message, trusted), requirement, subject);
}

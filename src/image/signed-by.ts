import type { PolicyRequirement } from './policy.ts';
import type { PolicySubject } from './policy-requirements.ts';

/** Signatures of simple signing cannot be verified yet, so what must be signed is refused. @returns the reason */
export async function checkSignedBy(_requirement: PolicyRequirement, subject: PolicySubject): Promise<string | undefined> {
  return `${subject.described} must be signed, and selkie cannot verify signatures of type signedBy yet`;
}

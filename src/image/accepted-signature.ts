import type { PolicyRequirement } from './policy.ts';
import type { PolicySubject } from './policy-requirements.ts';
import { summarize } from './requirement-keys.ts';
import { InvalidSignature } from './signature/errors.ts';
import { matchesIdentity } from './signed-identity.ts';

/**
 * Whether one of the signatures is valid, for this very manifest, and for a name that the requirement takes for the image's.
 * @param verify what a signature says, when it is by whom it should be  @throws InvalidSignature @returns the reason to refuse
 */
export function refusalOf<S>(
  signatures: readonly S[],
  verify: (signature: S) => { digest: string; reference: string },
  requirement: PolicyRequirement,
  { source, digest }: PolicySubject,
): string | undefined {
  const reasons: string[] = [];
  for (const signature of signatures) {
    try {
      const said = verify(signature);
      if (said.digest !== digest) reasons.push(`Signature for digest ${said.digest} does not match`);
      else if (!matchesIdentity(requirement['signedIdentity'], source.reference.dockerReference, said.reference))
        reasons.push(`Signature for identity ${JSON.stringify(said.reference)} is not accepted`);
      else return undefined;
    } catch (error) {
      if (!(error instanceof InvalidSignature)) throw error;
      reasons.push(error.message);
    }
  }
  return summarize(reasons);
}

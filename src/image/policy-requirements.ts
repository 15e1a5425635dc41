import type { Digest } from './digest.ts';
import type { PolicyRequirement } from './policy.ts';
import { exactObject } from './strict-json.ts';
import type { ImageSource } from './transport.ts';

/** What a requirement is held against. */
export interface PolicySubject {
  readonly source: ImageSource;
  readonly digest: Digest;
  readonly instance?: Digest;
  /** The image's name for messages. */
  readonly described: string;
}

interface RequirementKind {
  /** @throws StrictJsonError where the requirement as written makes no sense */
  readonly validate: (requirement: PolicyRequirement) => void;
  /** The reason to refuse, or undefined. */
  readonly check: (requirement: PolicyRequirement, subject: PolicySubject) => Promise<string | undefined>;
}

const typeAlone = (requirement: PolicyRequirement): void => void exactObject(requirement, ['type']);

/** Requirement types of policy.json, each loaded where a policy names it. What cannot be checked refuses. */
export const requirementKinds: Readonly<Record<string, RequirementKind>> = {
  insecureAcceptAnything: { validate: typeAlone, check: async () => undefined },
  reject: { validate: typeAlone, check: async (_, { described }) => `Running image ${described} is rejected by policy.` },
  signedBy: {
    validate: (requirement) => (require('./signed-by.ts') as typeof import('./signed-by.ts')).validateSignedBy(requirement),
    check: async (requirement, subject) => {
      const { checkSignedBy } = await import('./signed-by.ts');
      return checkSignedBy(requirement, subject);
    },
  },
  signedBaseLayer: {
    validate: (requirement) => {
      const { validateIdentity } = require('./signed-identity.ts') as typeof import('./signed-identity.ts');
      validateIdentity(exactObject(requirement, ['type', 'baseLayerIdentity']).baseLayerIdentity);
    },
    // No tool of the field has ever been able to tell.
    check: async () => 'signedBaseLayer not implemented yet!',
  },
  sigstoreSigned: {
    validate: (requirement) =>
      (require('./sigstore-requirement.ts') as typeof import('./sigstore-requirement.ts')).validateSigstoreSigned(requirement),
    check: async (requirement, subject) => {
      const { checkSigstoreSigned } = await import('./sigstore-signed.ts');
      return checkSigstoreSigned(requirement, subject);
    },
  },
};

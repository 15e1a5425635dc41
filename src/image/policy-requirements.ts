import type { Digest } from './digest.ts';
import type { PolicyRequirement } from './policy.ts';
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
  readonly keys: readonly string[];
  /** The reason to refuse, or undefined. */
  readonly check: (requirement: PolicyRequirement, subject: PolicySubject) => Promise<string | undefined>;
}

/** Requirement types of policy.json. What cannot be checked refuses. */
export const requirementKinds: Readonly<Record<string, RequirementKind>> = {
  insecureAcceptAnything: { keys: [], check: async () => undefined },
  reject: { keys: [], check: async (_, { described }) => `Running image ${described} is rejected by policy.` },
  signedBy: {
    keys: ['keyType', 'keyPath', 'keyPaths', 'keyData', 'signedIdentity'],
    check: async (requirement, subject) => {
      const { checkSignedBy } = await import('./signed-by.ts');
      return checkSignedBy(requirement, subject);
    },
  },
  signedBaseLayer: { keys: ['baseLayerIdentity'], check: async () => 'signedBaseLayer not implemented yet!' },
  sigstoreSigned: {
    keys: [
      'keyPath',
      'keyPaths',
      'keyData',
      'keyDatas',
      'fulcio',
      'pki',
      'rekorPublicKeyPath',
      'rekorPublicKeyPaths',
      'rekorPublicKeyData',
      'rekorPublicKeyDatas',
      'signedIdentity',
    ],
    check: async (_, { described }) =>
      `${described} must be signed as a requirement of type sigstoreSigned says, which selkie cannot check yet`,
  },
};

import { usesSigstoreAttachments } from '../config/registries-d.ts';
import { SelkieError } from '../errors.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Digest } from './digest.ts';
import { lookasideSignatures, storeLookasideSignatures } from './lookaside.ts';
import type { Reference } from './reference.ts';
import { parseSignature, type SigstoreSignature } from './signature/signature.ts';
import { dockerPolicyScopes } from './transports/docker-reference.ts';

/** An image of a registry whose signatures are in question. */
export interface SignedImage {
  readonly client: RegistryClient;
  readonly reference: Reference;
  /** Of its manifest. */
  readonly digest: Digest;
  /** Another registries.d. */
  readonly registriesDir?: string;
}

const atomic = { schemaVersion: 2, type: 'atomic' };

/** All signatures of an image: of the registry's own extension, else of the lookaside; then what is attached, where registries.d says so. */
export async function registrySignatures({ client, reference, digest, registriesDir }: SignedImage): Promise<Uint8Array[]> {
  const signatures = (await client.keepsSignatures())
    ? (await client.signatures(reference.path, digest)).filter(isAtomic).map(({ content }) => Buffer.from(content ?? '', 'base64'))
    : await lookasideSignatures(reference, digest, registriesDir);
  if (!usesSigstoreAttachments(dockerPolicyScopes(reference), registriesDir)) return signatures;
  const { attachedSignatures } = await import('./sigstore-attachments.ts');
  return [...signatures, ...(await attachedSignatures(client, reference, digest))];
}

const isAtomic = ({ schemaVersion, type }: { schemaVersion?: number; type?: string }): boolean =>
  schemaVersion === atomic.schemaVersion && type === atomic.type;

/** Keeps signatures of an image, each kind in its own place. @throws SelkieError */
export async function storeRegistrySignatures(image: SignedImage, signatures: readonly Uint8Array[]): Promise<void> {
  const { client, reference, digest, registriesDir } = image;
  const parsed = signatures.map(parseSignature);
  const sigstore = parsed.filter((each): each is SigstoreSignature => each.format === 'sigstore-json');
  const simple = parsed.flatMap((each) => (each.format === 'simple-signing' ? [each.message] : []));
  if (sigstore.length > 0) {
    if (!usesSigstoreAttachments(dockerPolicyScopes(reference), registriesDir))
      throw new SelkieError('writing sigstore attachments is disabled by configuration');
    const { attachSignatures } = await import('./sigstore-attachments.ts');
    await attachSignatures(client, reference, digest, sigstore);
  }
  if (simple.length === 0) return;
  if (await client.keepsSignatures()) await extend(image, simple);
  else storeLookasideSignatures(reference, digest, simple, registriesDir);
}

/** Adds what the registry's extension does not hold yet. */
async function extend({ client, reference, digest }: SignedImage, messages: readonly Uint8Array[]): Promise<void> {
  const existing = await client.signatures(reference.path, digest);
  const known = new Set(existing.filter(isAtomic).map(({ content }) => content));
  for (const message of messages) {
    const content = Buffer.from(message).toString('base64');
    if (known.has(content)) continue;
    const name = `${digest}@${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')}`;
    await client.putSignature(reference.path, digest, { ...atomic, name, content });
  }
}

import { SelkieError } from '../errors.ts';
import type { CopyOptions } from './copy.ts';
import type { Digest } from './digest.ts';
import { formatReference } from './reference.ts';
import { parseSignature, serializeSignature } from './signature/signature.ts';
import { formatImageName, type ImageDestination, type ImageSource } from './transport.ts';

/** What a copy says while it deals with signatures: an image's and a list's differ in a word. */
export interface SignatureTexts {
  readonly getting: string;
  readonly checking: string;
}

export const imageTexts: SignatureTexts = {
  getting: 'Getting image source signatures',
  checking: 'Checking if image destination supports signatures',
};
export const listTexts: SignatureTexts = {
  getting: 'Getting image list signatures',
  checking: 'Checking if image list destination supports signatures',
};

/** The signatures that are to be carried along; fails before anything is copied where the destination has no place for them. */
export async function sourceSignatures(
  source: ImageSource,
  destination: ImageDestination,
  options: CopyOptions,
  texts: SignatureTexts,
  instance?: Digest,
): Promise<Uint8Array[]> {
  if (options.removeSignatures) return [];
  options.onProgress?.({ kind: 'text', text: texts.getting });
  let signatures: Uint8Array[];
  try {
    signatures = await source.signatures(instance);
    for (const each of signatures) parseSignature(each);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`reading signatures: ${cause.message}`, { cause });
  }
  if (signatures.length === 0) return [];
  options.onProgress?.({ kind: 'text', text: texts.checking });
  if (destination.signaturesUnsupported)
    throw new SelkieError(`Can not copy signatures to ${formatImageName(destination.reference)}: ${destination.signaturesUnsupported}`);
  return signatures;
}

/** Signs what was put, with each of the keys asked for. @throws SigningError */
export async function newSignatures(manifest: Uint8Array, destination: ImageDestination, options: CopyOptions): Promise<Uint8Array[]> {
  const signers = options.signers ?? [];
  if (signers.length === 0) return [];
  const identity = options.signIdentity ?? destination.reference.dockerReference;
  if (!identity)
    throw new SelkieError(`Cannot determine canonical Docker reference for destination ${formatImageName(destination.reference)}`);
  const name = formatReference(identity);
  if (identity.tag === undefined && identity.digest === undefined)
    throw new SelkieError(
      options.signIdentity
        ? `Sign identity must be a fully specified reference ${name}`
        : `reference ${name} can’t be signed, it has neither a tag nor a digest`,
    );
  const signatures: Uint8Array[] = [];
  for (const [index, signer] of signers.entries()) {
    const which = signers.length === 1 ? '' : ` ${index + 1}`;
    options.onProgress?.({ kind: 'text', text: `Creating signature${which}: ${signer.message}` });
    try {
      signatures.push(serializeSignature(await signer.sign(manifest, name)));
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      throw new SelkieError(`creating signature${which}: ${cause.message}`, { cause });
    }
  }
  return signatures;
}

/** @throws SelkieError */
export async function storeSignatures(
  destination: ImageDestination,
  signatures: readonly Uint8Array[],
  instance: Digest | undefined,
): Promise<void> {
  if (destination.signaturesUnsupported && signatures.length > 0)
    throw new SelkieError(`writing signatures: ${destination.signaturesUnsupported}`);
  try {
    await destination.putSignatures(signatures, instance);
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`writing signatures: ${cause.message}`, { cause });
  }
}

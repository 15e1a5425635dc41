import type { KeyObject } from 'node:crypto';
import { SelkieError } from '../errors.ts';
import { refusalOf } from './accepted-signature.ts';
import type { PolicyRequirement } from './policy.ts';
import type { PolicySubject } from './policy-requirements.ts';
import { keyBytes } from './requirement-keys.ts';
import { certifiedKey, parseCertificates, parseUntrustedCertificates } from './signature/certificate.ts';
import { InvalidSignature } from './signature/errors.ts';
import { verifyRekorEntry } from './signature/rekor.ts';
import {
  bundleAnnotation,
  certificateAnnotation,
  chainAnnotation,
  parseSignature,
  type SigstoreSignature,
  signatureAnnotation,
  sigstoreMediaType,
} from './signature/signature.ts';
import { requireAnnotation, verifySigstore } from './signature/sigstore.ts';
import { parsePublicKey } from './signature/sigstore-key.ts';
import { type FulcioTrust, keySources, type PkiTrust, rekorSources } from './sigstore-requirement.ts';

/** Finds the keys that may have made a signature, by what the requirement trusts. @throws InvalidSignature */
type KeyFinder = (signature: SigstoreSignature) => readonly KeyObject[];

/**
 * One of the stored signatures must be by a key that the requirement trusts, for this very manifest, and for a name that it takes for the
 * image's. @returns the reason to refuse
 */
export async function checkSigstoreSigned(requirement: PolicyRequirement, subject: PolicySubject): Promise<string | undefined> {
  const all = (await subject.source.signatures(subject.instance)).map(parseSignature);
  const attachments = all.filter((each) => each.format === 'sigstore-json');
  const signatures = attachments.filter(({ mediaType }) => mediaType === sigstoreMediaType);
  if (signatures.length === 0) {
    if (all.length === 0) return 'A signature was required, but no signature exists';
    const others = `${all.length - attachments.length} non-sigstore signatures, ${attachments.length} sigstore non-signature attachments`;
    return `A signature was required, but no signature exists (${others})`;
  }
  const keysFor = keyFinder(requirement);
  return refusalOf(signatures, (signature) => verifySigstore(signature, keysFor(signature)), requirement, subject);
}

/** @throws SelkieError where what the requirement names is no key or certificate */
function keyFinder(requirement: PolicyRequirement): KeyFinder {
  const logKeys = rekorSources
    .flatMap((name) => keyBytes.read(requirement, name))
    .map((text, index) => ecdsaKey(parsePublicKey(text, `Rekor public key ${index + 1}`), index));
  if (requirement['fulcio'] !== undefined) return fulcioKeys(requirement['fulcio'] as FulcioTrust, logKeys);
  if (requirement['pki'] !== undefined) return pkiKeys(requirement['pki'] as PkiTrust);
  const keys = keySources
    .flatMap((name) => keyBytes.read(requirement, name))
    .map((text, index) => parsePublicKey(text, `public key ${index + 1}`));
  return logKeys.length === 0 ? () => keys : (signature) => loggedKeys(signature, keys, logKeys);
}

function ecdsaKey(key: KeyObject, index: number): KeyObject {
  if (key.asymmetricKeyType !== 'ec') throw new SelkieError(`Rekor public key ${index + 1} is not using ECDSA`);
  return key;
}

/** The one key for which the log has an entry of this signature. */
function loggedKeys(signature: SigstoreSignature, keys: readonly KeyObject[], logKeys: readonly KeyObject[]): KeyObject[] {
  const entry = requireAnnotation(signature.annotations, bundleAnnotation);
  const failures: string[] = [];
  for (const key of keys) {
    try {
      verifyRekorEntry(entry, logKeys, { ...signed(signature), keyOrCertificate: key.export({ type: 'spki', format: 'der' }) });
      return [key];
    } catch (error) {
      if (!(error instanceof InvalidSignature)) throw error;
      failures.push(error.message);
    }
  }
  throw new InvalidSignature(`No public key verified against the RekorSET: ${failures.join(', ')}`);
}

function signed({ payload, annotations }: SigstoreSignature): { payload: Uint8Array; signature: string } {
  return { payload, signature: requireAnnotation(annotations, signatureAnnotation) };
}

/** A short-lived certificate counts as of the moment at which the log saw the signature. */
function fulcioKeys(fulcio: FulcioTrust, logKeys: readonly KeyObject[]): KeyFinder {
  const fields = fulcio as unknown as Record<string, unknown>;
  const roots = ['caPath', 'caData'].flatMap((name) => keyBytes.read(fields, name)).flatMap((text) => trusted(text, 'Fulcio CA'));
  return (signature) => {
    const entry = requireAnnotation(signature.annotations, bundleAnnotation);
    const leaf = leafOf(signature);
    const at = verifyRekorEntry(entry, logKeys, { ...signed(signature), keyOrCertificate: leaf.raw });
    const subject = { email: fulcio.subjectEmail, oidcIssuer: fulcio.oidcIssuer };
    return [certifiedKey(leaf, { roots, intermediates: chainOf(signature), at, subject })];
  };
}

function pkiKeys(pki: PkiTrust): KeyFinder {
  const fields = pki as unknown as Record<string, unknown>;
  const read = (path: string, data: string, what: string): ReturnType<typeof trusted> =>
    [path, data].flatMap((name) => keyBytes.read(fields, name)).flatMap((text) => trusted(text, what));
  const roots = read('caRootsPath', 'caRootsData', 'PKI CA Roots');
  const known = read('caIntermediatesPath', 'caIntermediatesData', 'PKI CA intermediate');
  return (signature) => {
    const subject = {
      ...(pki.subjectEmail ? { email: pki.subjectEmail } : {}),
      ...(pki.subjectHostname ? { hostname: pki.subjectHostname } : {}),
    };
    const intermediates = [...known, ...chainOf(signature)];
    return [certifiedKey(leafOf(signature), { roots, intermediates, at: new Date(), subject })];
  };
}

function trusted(text: Uint8Array, what: string): ReturnType<typeof parseCertificates> {
  const certificates = parseCertificates(Buffer.from(text).toString());
  if (certificates.length === 0) throw new SelkieError(`error loading ${what} certificates`);
  return certificates;
}

function leafOf({ annotations }: SigstoreSignature): ReturnType<typeof parseCertificates>[number] {
  const certificates = parseUntrustedCertificates(requireAnnotation(annotations, certificateAnnotation), 'parsing leaf certificate');
  const [leaf] = certificates;
  if (!leaf) throw new InvalidSignature('no certificate found in signature certificate data');
  if (certificates.length > 1) throw new InvalidSignature('unexpected multiple certificates present in signature certificate data');
  return leaf;
}

/** What came with the signature between its certificate and a root; the root itself, the last, counts for nothing. */
function chainOf({ annotations }: SigstoreSignature): ReturnType<typeof parseCertificates> {
  const chain = Object.hasOwn(annotations, chainAnnotation) ? annotations[chainAnnotation]! : '';
  return parseUntrustedCertificates(chain, 'loading certificate chain').slice(0, -1);
}

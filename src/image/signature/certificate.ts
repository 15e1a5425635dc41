import { type KeyObject, X509Certificate } from 'node:crypto';
import { ASN1Obj, X509Certificate as SigstoreCertificate } from '@sigstore/core';
import { InvalidSignature } from './errors.ts';

export interface CertificateTrust {
  readonly roots: readonly X509Certificate[];
  /** Untrusted by themselves. */
  readonly intermediates: readonly X509Certificate[];
  /** When the certificates have to be valid. */
  readonly at: Date;
  readonly subject: { readonly email?: string; readonly hostname?: string; readonly oidcIssuer?: string };
}

const maximumChain = 10;
const codeSigning = '1.3.6.1.5.5.7.3.3';
const anyUsage = '2.5.29.37.0';
const extendedKeyUsage = '2.5.29.37';
const keyUsage = '2.5.29.15';
const basicConstraints = '2.5.29.19';
const subjectAltName = '2.5.29.17';
const issuerV1 = '1.3.6.1.4.1.57264.1.1';
const issuerV2 = '1.3.6.1.4.1.57264.1.8';
/** Extensions that are looked at here. A critical one that is not (name constraints, policies) refuses the certificate. */
const understood = [extendedKeyUsage, keyUsage, basicConstraints, subjectAltName];

/** PEM certificates of a text, in order. @throws InvalidSignature */
export function parseCertificates(pem: string): X509Certificate[] {
  try {
    return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)].map(([text]) => new X509Certificate(text));
  } catch (cause) {
    throw new InvalidSignature(`parsing certificates: ${(cause as Error).message}`, { cause });
  }
}

/** The key of a certificate, once a chain leads from it to a root and it is about the subject. @throws InvalidSignature */
export function certifiedKey(leaf: X509Certificate, trust: CertificateTrust): KeyObject {
  try {
    if (!hasChain(leaf, trust, 0)) throw new InvalidSignature('veryfing leaf certificate failed: certificate signed by unknown authority');
    matchSubject(leaf, trust.subject);
    return leaf.publicKey;
  } catch (cause) {
    if (cause instanceof InvalidSignature) throw cause;
    // The parsers of ASN.1 throw errors of their own at bytes that make no sense.
    throw new InvalidSignature(`veryfing leaf certificate failed: ${(cause as Error).message}`, { cause });
  }
}

/** @param depth intermediates below, which a limit of path lengths counts */
function hasChain(certificate: X509Certificate, trust: CertificateTrust, depth: number): boolean {
  if (!isUsable(certificate, trust.at, depth)) return false;
  if (trust.roots.some((root) => root.raw.equals(certificate.raw))) return true;
  if (trust.roots.some((root) => isUsable(root, trust.at, depth + 1) && issued(root, certificate))) return true;
  if (depth >= maximumChain) return false;
  return trust.intermediates.some((each) => issued(each, certificate) && hasChain(each, trust, depth + 1));
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Whether a certificate may stand at its place of the chain: 0 is the signer's own. */
function isUsable(certificate: X509Certificate, at: Date, depth: number): boolean {
  const parsed = SigstoreCertificate.parse(Buffer.from(certificate.raw));
  const critical = parsed.extensions.map((each) => ({
    oid: each.subs[0]!.toOID(),
    isCritical: each.subs[1]!.tag.isBoolean() && each.subs[1]!.toBoolean(),
  }));
  if (new Set(critical.map(({ oid }) => oid)).size !== critical.length) return false;
  if (critical.some(({ oid, isCritical }) => isCritical && !understood.includes(oid))) return false;
  if (!parsed.validForDate(at)) return false;
  const usages = usagesOf(parsed);
  if (usages && !usages.includes(codeSigning) && !usages.includes(anyUsage)) return false;
  if (depth === 0) return true;
  const { extBasicConstraints: constraints } = parsed;
  if (!parsed.isCA) return false;
  // The signer's own certificate does not count.
  return constraints?.pathLenConstraint === undefined || constraints.pathLenConstraint >= BigInt(depth - 1);
}

/** Extended key usages; undefined: not restricted. */
function usagesOf(certificate: SigstoreCertificate): string[] | undefined {
  const extension = certificate.extension(extendedKeyUsage);
  return extension && ASN1Obj.parseBuffer(Buffer.from(extension.value)).subs.map((each) => each.toOID());
}

function matchSubject(leaf: X509Certificate, { email, hostname, oidcIssuer }: CertificateTrust['subject']): void {
  if (oidcIssuer !== undefined) {
    const actual = issuerOf(leaf);
    if (actual !== oidcIssuer) throw new InvalidSignature(`Unexpected Fulcio OIDC issuer ${JSON.stringify(actual)}`);
  }
  const names = alternativeNames(leaf);
  if (email !== undefined && !names.emails.includes(email))
    throw new InvalidSignature(
      `Required email ${JSON.stringify(email)} not found (got [${names.emails.map((each) => JSON.stringify(each)).join(' ')}])`,
    );
  if (hostname !== undefined && leaf.checkHost(hostname, { subject: 'never' }) === undefined)
    throw new InvalidSignature(`Unexpected subject hostname: certificate is not valid for ${JSON.stringify(hostname)}`);
}

function alternativeNames(leaf: X509Certificate): { emails: string[] } {
  const extension = SigstoreCertificate.parse(Buffer.from(leaf.raw)).extension(subjectAltName);
  const names = extension ? ASN1Obj.parseBuffer(Buffer.from(extension.value)).subs : [];
  return { emails: names.filter((name) => name.tag.isContextSpecific(1)).map((name) => name.value.toString('latin1')) };
}

/** Who told Fulcio of the address. */
function issuerOf(leaf: X509Certificate): string {
  const parsed = SigstoreCertificate.parse(Buffer.from(leaf.raw));
  const first = parsed.extension(issuerV1)?.value.toString();
  const second = parsed.extension(issuerV2);
  const text = second && ASN1Obj.parseBuffer(Buffer.from(second.value)).value.toString();
  if (first !== undefined && text !== undefined && first !== text)
    throw new InvalidSignature(`inconsistent OIDC issuer extension values: v1 ${JSON.stringify(first)}, v2 ${JSON.stringify(text)}`);
  const issuer = first ?? text;
  if (issuer === undefined) throw new InvalidSignature('Fulcio certificate is missing the issuer extension');
  return issuer;
}

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

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
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

/** PEM certificates of a text, in order; what else is in it is passed over. @throws InvalidSignature */
export function parseCertificates(pem: string): X509Certificate[] {
  try {
    return [...pem.matchAll(pemBlock)].map(([text]) => new X509Certificate(text));
  } catch (cause) {
    throw new InvalidSignature('x509: malformed certificate', { cause });
  }
}

/** Like {@link parseCertificates}, of a text that comes with a signature: there is nothing else in it. @throws InvalidSignature */
export function parseUntrustedCertificates(pem: string, what: string): X509Certificate[] {
  if (/\S/.test(pem.replaceAll(pemBlock, ''))) throw new InvalidSignature(`${what}: error during PEM decoding`);
  try {
    return parseCertificates(pem);
  } catch (cause) {
    if (!(cause instanceof InvalidSignature)) throw cause;
    throw new InvalidSignature(`${what}: ${cause.message}`, { cause });
  }
}

/** The key of a certificate, once a chain leads from it to a root and it is about the subject. @throws InvalidSignature */
export function certifiedKey(leaf: X509Certificate, trust: CertificateTrust): KeyObject {
  try {
    const problem = chainProblem(leaf, trust, 0);
    if (problem !== undefined) throw new InvalidSignature(`veryfing leaf certificate failed: x509: ${problem}`);
    matchSubject(leaf, trust.subject);
    return leaf.publicKey;
  } catch (cause) {
    if (cause instanceof InvalidSignature) throw cause;
    // The parsers of ASN.1 throw errors of their own at bytes that make no sense.
    throw new InvalidSignature(`veryfing leaf certificate failed: ${(cause as Error).message}`, { cause });
  }
}

/** Why no chain leads from a certificate to a root; undefined where one does. @param depth certificates below */
function chainProblem(certificate: X509Certificate, trust: CertificateTrust, depth: number): string | undefined {
  const own = problemOf(certificate, trust.at, depth);
  if (own !== undefined) return own;
  if (trust.roots.some((root) => root.raw.equals(certificate.raw))) return undefined;
  let problem: string | undefined = 'certificate signed by unknown authority';
  for (const root of trust.roots) {
    if (!issued(root, certificate)) continue;
    problem = problemOf(root, trust.at, depth + 1);
    if (problem === undefined) return undefined;
  }
  if (depth >= maximumChain) return problem;
  for (const intermediate of trust.intermediates) {
    if (!issued(intermediate, certificate)) continue;
    problem = chainProblem(intermediate, trust, depth + 1);
    if (problem === undefined) return undefined;
  }
  return problem;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Why a certificate may not stand at its place of the chain, at 0 the signer's own; undefined where it may. */
function problemOf(certificate: X509Certificate, at: Date, depth: number): string | undefined {
  const parsed = SigstoreCertificate.parse(Buffer.from(certificate.raw));
  const extensions = parsed.extensions.map(({ subs }) => ({
    oid: subs[0]!.toOID(),
    isCritical: subs[1]!.tag.isBoolean() && subs[1]!.toBoolean(),
  }));
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) return 'certificate contains duplicate extensions';
  if (extensions.some(({ oid, isCritical }) => isCritical && !understood.includes(oid))) return 'unhandled critical extension';
  const expired = 'certificate has expired or is not yet valid: current time';
  if (at < parsed.notBefore) return `${expired} ${goTime(at)} is before ${goTime(parsed.notBefore)}`;
  if (at > parsed.notAfter) return `${expired} ${goTime(at)} is after ${goTime(parsed.notAfter)}`;
  const usages = usagesOf(parsed);
  if (usages && !usages.includes(codeSigning) && !usages.includes(anyUsage)) return 'certificate specifies an incompatible key usage';
  if (depth === 0) return undefined;
  if (!parsed.isCA) return 'certificate signed by unknown authority (the issuer is no authority)';
  // The signer's own certificate does not count.
  const limit = parsed.extBasicConstraints?.pathLenConstraint;
  return limit === undefined || limit >= BigInt(depth - 1) ? undefined : 'too many intermediates for path length constraint';
}

function goTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
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

import { type Digest, isDigest } from './digest.ts';
import { InvalidReference } from './errors.ts';

/** A parsed docker reference: `domain/path[:tag][@digest]`. */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = 'docker.io';
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?$`);
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[\w][\w.-]{0,127}$/;

/**
 * Parses what a user may type for an image of a registry, by docker's rules: `busybox` is `docker.io/library/busybox`. No tag is added.
 * @throws InvalidReference with the texts of distribution/reference
 */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text))
    throw new InvalidReference(text, `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const hasDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  let domain = hasDomain ? first : defaultDomain;
  let rest = hasDomain ? text.slice(slash + 1) : text;
  if (domain === 'index.docker.io') domain = defaultDomain;

  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  const beforeDigest = at < 0 ? rest : rest.slice(0, at);
  const colon = beforeDigest.indexOf(':');
  let path = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon < 0 ? undefined : beforeDigest.slice(colon + 1);
  if (path.toLowerCase() !== path) throw new InvalidReference(text, `invalid reference format: repository name must be lowercase`);
  if (domain === defaultDomain && !path.includes('/')) {
    rest = `library/${rest}`;
    path = `library/${path}`;
  }
  if (at >= 0) {
    const digestText = text.slice(text.indexOf('@') + 1);
    if (!isDigest(digestText)) throw new InvalidReference(text, 'invalid reference format');
    digest = digestText;
  }
  if (!pathPattern.test(path) || !domainPattern.test(domain) || (tag !== undefined && !tagPattern.test(tag)))
    throw new InvalidReference(text, 'invalid reference format');
  if (domain.length + 1 + path.length > 255) throw new InvalidReference(text, 'repository name must not be more than 255 characters');
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Like {@link parseReference}, with `:latest` where there is neither tag nor digest. */
export function normalizeReference(text: string): Reference {
  return withDefaultTag(parseReference(text));
}

/** A reference that carries its domain; `busybox` or `library/busybox` are refused. @throws InvalidReference */
export function parseCanonicalReference(text: string): Reference {
  const reference = parseReference(text);
  if (formatReference(reference) !== text) throw new InvalidReference(text, `repository name must be canonical: ${JSON.stringify(text)}`);
  return reference;
}

export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}

/** `domain/path` */
export function repositoryName(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** `domain/path[:tag][@digest]` */
export function formatReference(reference: Reference): string {
  return repositoryName(reference) + suffix(reference);
}

/** The shortest text that docker reads as the same repository: `docker.io/library/busybox` → `busybox`. */
export function familiarName(reference: Reference): string {
  if (reference.domain !== defaultDomain) return repositoryName(reference);
  return /^library\/[^/]+$/.test(reference.path) ? reference.path.slice('library/'.length) : reference.path;
}

/** {@link familiarName} with tag and digest. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

function suffix(reference: Reference): string {
  return (reference.tag === undefined ? '' : `:${reference.tag}`) + (reference.digest === undefined ? '' : `@${reference.digest}`);
}

export function sameRepository(a: Reference, b: Reference): boolean {
  return a.domain === b.domain && a.path === b.path;
}

/** Whether a name as typed lacks a registry: its first component has neither `.` nor `:` and is not `localhost`. */
export function isShortName(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return true;
  const first = text.slice(0, slash);
  return !/[.:]/.test(first) && first !== 'localhost';
}

/** The name that the store keeps for what a user calls an image of his own: short names belong to localhost, the tag defaults to latest. */
export function normalizeLocalName(text: string): Reference {
  return normalizeReference(isShortName(text) ? `localhost/${text}` : text);
}

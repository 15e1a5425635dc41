import { SelkieError } from '../errors.ts';
import { InvalidReference } from './errors.ts';
import { normalizeReference, type Reference } from './reference.ts';

/** A name split as it was typed: nothing is added, so `busybox` has no domain. */
export interface TypedName {
  /** Everything before tag and digest. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const pattern = new RegExp(`^((?:${domain}/)?${component}(?:/${component})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digest}))?$`);

/** @throws InvalidReference with distribution/reference's words */
export function parseTypedName(text: string): TypedName {
  const match = pattern.exec(text);
  if (!match) {
    if (text === '') throw new InvalidReference(text, 'repository name must have at least one component');
    throw new InvalidReference(text, pattern.test(text.toLowerCase()) ? 'repository name must be lowercase' : 'invalid reference format');
  }
  return { name: match[1]!, ...(match[2] ? { tag: match[2] } : {}), ...(match[3] ? { digest: match[3] } : {}) };
}

export function formatTypedName({ name, tag, digest: digested }: TypedName): string {
  return name + (tag ? `:${tag}` : '') + (digested ? `@${digested}` : '');
}

/** Where both tag and digest were typed, the digest alone counts. @throws InvalidReference */
export function withoutShadowedTag(text: string): string {
  const typed = parseTypedName(text);
  return typed.tag && typed.digest ? `${typed.name}@${typed.digest}` : text;
}

/**
 * The full reference that an image of the user's own gets: names without a registry belong to localhost, the tag is latest where
 * none is given, a tag beside a digest is dropped. @throws SelkieError
 */
export function normalizeName(text: string): Reference {
  let typed: TypedName;
  try {
    typed = parseTypedName(text);
  } catch (cause) {
    throw new SelkieError(`normalizing name "${text}": ${(cause as Error).message}`, { cause });
  }
  const slash = typed.name.indexOf('/');
  const first = slash < 0 ? '' : typed.name.slice(0, slash);
  const local = !/[.:]/.test(first) && first !== 'localhost';
  const { tag, ...rest } = normalizeReference(local ? `localhost/${text}` : text);
  return tag === undefined || rest.digest ? rest : { ...rest, tag };
}

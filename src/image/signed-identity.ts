import { SelkieError } from '../errors.ts';
import { formatReference, parseCanonicalReference, parseReference, type Reference, repositoryName } from './reference.ts';
import { anyObject, exactObject, StrictJsonError, textOf } from './strict-json.ts';

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  matchExact: [],
  matchRepoDigestOrExact: [],
  matchRepository: [],
  exactReference: ['dockerReference'],
  exactRepository: ['dockerRepository'],
  remapIdentity: ['prefix', 'signedPrefix'],
};

/** Checks a `signedIdentity` of policy.json. @throws StrictJsonError */
export function validateIdentity(rule: unknown): void {
  const { type = '' } = anyObject(rule ?? {});
  const fields = typeof type === 'string' && Object.hasOwn(fieldsOf, type) ? fieldsOf[type] : undefined;
  if (!fields) throw new StrictJsonError(`Unknown policy reference match type ${JSON.stringify(type)}`);
  const object = exactObject(rule, ['type', ...fields]) as Record<string, unknown>;
  for (const name of fields) {
    const text = textOf(object[name], name);
    if (name === 'prefix' || name === 'signedPrefix') validatePrefix(text);
    else validateReference(name, text);
  }
}

function validateReference(name: string, text: string): void {
  let reference: Reference;
  try {
    reference = parseReference(text);
  } catch (cause) {
    throw new StrictJsonError(`Invalid format of ${name} ${JSON.stringify(text)}: ${(cause as Error).message}`, { cause });
  }
  if (name === 'dockerReference' && !isFull(reference))
    throw new StrictJsonError(`dockerReference ${JSON.stringify(text)} contains neither a tag nor digest`);
}

/** A registry, or a registry with the beginning of a path. */
function validatePrefix(text: string): void {
  const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
  const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
  const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
  if (!new RegExp(`^${domain}(?:/${part})*$`).test(text)) throw new StrictJsonError(`prefix ${JSON.stringify(text)} is not valid`);
}

/**
 * Whether a signature's name is one for the image, by a valid `signedIdentity`; the default is matchRepoDigestOrExact.
 * @param image what the image goes by, undefined where its place has no names
 */
export function matchesIdentity(rule: unknown, image: Reference | undefined, signedName: string): boolean {
  const { type, ...facts } = (rule ?? { type: 'matchRepoDigestOrExact' }) as { type: string } & Record<string, string>;
  const signed = referenceOf(signedName);
  if (!signed) return false;
  switch (type) {
    case 'matchExact':
      return exact(image, signed);
    case 'matchRepoDigestOrExact':
      return repositoryOrExact(image, signed);
    case 'matchRepository':
      return image !== undefined && repositoryName(image) === repositoryName(signed);
    case 'exactReference':
      return exact(referenceOf(facts['dockerReference']!), signed);
    case 'exactRepository':
      return repositoryName(parseReference(facts['dockerRepository']!)) === repositoryName(signed);
    case 'remapIdentity':
      return image !== undefined && repositoryOrExact(remap(image, facts['prefix']!, facts['signedPrefix']!), signed);
    default:
      return false;
  }
}

function referenceOf(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof SelkieError) return undefined;
    throw error;
  }
}

const isFull = ({ tag, digest }: Reference): boolean => tag !== undefined || digest !== undefined;

/** A name without tag and digest says too little to be compared. */
function exact(image: Reference | undefined, signed: Reference): boolean {
  return image !== undefined && isFull(image) && isFull(signed) && formatReference(image) === formatReference(signed);
}

/** A digest says by itself which image it is, so its signature may be for any tag of the repository. */
function repositoryOrExact(image: Reference | undefined, signed: Reference): boolean {
  if (image === undefined || !isFull(signed)) return false;
  if (image.tag !== undefined) return exact(image, signed);
  return image.digest !== undefined && repositoryName(image) === repositoryName(signed);
}

/** The image under its original's name; undefined where that would be none. */
function remap(image: Reference, prefix: string, signedPrefix: string): Reference | undefined {
  const repository = repositoryName(image);
  if (repository !== prefix && !repository.startsWith(`${prefix}/`)) return image;
  try {
    return parseCanonicalReference(signedPrefix + formatReference(image).slice(prefix.length));
  } catch (error) {
    if (error instanceof SelkieError) return undefined;
    throw error;
  }
}

import { SelkieError } from '../errors.ts';
import { isObject } from './manifest.ts';
import { formatReference, parseReference, type Reference, repositoryName } from './reference.ts';

/**
 * Whether a signature's name is one for the image, by policy.json's `signedIdentity`; the default is matchRepoDigestOrExact.
 * @param image what the image goes by, undefined where its place has no names @throws SelkieError for a rule that is none
 */
export function matchesIdentity(rule: unknown, image: Reference | undefined, signed: Reference): boolean {
  const { type, ...facts } = rule === undefined ? { type: 'matchRepoDigestOrExact' } : isObject(rule) ? rule : { type: rule };
  const text = (name: string): string => {
    const value = (facts as Record<string, unknown>)[name];
    if (typeof value !== 'string') throw new SelkieError(`signedIdentity of type ${String(type)} needs ${name}`);
    return value;
  };
  switch (type) {
    case 'matchExact':
      return exact(image, signed);
    case 'matchRepoDigestOrExact':
      return repositoryOrExact(image, signed);
    case 'matchRepository':
      return image !== undefined && repositoryName(image) === repositoryName(signed);
    case 'exactReference':
      return exact(parseReference(text('dockerReference')), signed);
    case 'exactRepository':
      return repositoryName(parseReference(text('dockerRepository'))) === repositoryName(signed);
    case 'remapIdentity':
      return image !== undefined && repositoryOrExact(remap(image, text('prefix'), text('signedPrefix')), signed);
    default:
      throw new SelkieError(`Unknown signedIdentity type ${JSON.stringify(type)}`);
  }
}

/** A name without tag and digest says too little to be compared. */
function exact(image: Reference | undefined, signed: Reference): boolean {
  const says = ({ tag, digest }: Reference): boolean => tag !== undefined || digest !== undefined;
  return image !== undefined && says(image) && says(signed) && formatReference(image) === formatReference(signed);
}

/** A digest says by itself which image it is, so its signature may be for any tag of the repository. */
function repositoryOrExact(image: Reference | undefined, signed: Reference): boolean {
  if (image === undefined) return false;
  if (image.tag !== undefined) return exact(image, signed);
  return image.digest !== undefined && repositoryName(image) === repositoryName(signed);
}

function remap(image: Reference, prefix: string, signedPrefix: string): Reference {
  const name = formatReference(image);
  if (!name.startsWith(prefix) || !/^(?:$|[/:@])/.test(name.slice(prefix.length))) return image;
  return parseReference(signedPrefix + name.slice(prefix.length));
}

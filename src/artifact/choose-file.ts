import { SelkieError } from '../errors.ts';
import type { Digest } from '../image/digest.ts';
import { type Artifact, titleAnnotation } from './artifact.ts';

/** Which one file of an artifact is meant; without either, all. */
export interface FileChoice {
  readonly title?: string;
  readonly digest?: string;
}

export const isChosen = ({ title, digest }: FileChoice): boolean => Boolean(title || digest);

/** @throws SelkieError when both are given */
export function checkChoice({ title, digest }: FileChoice): void {
  if (title && digest) throw new SelkieError('cannot specify both digest and title');
}

/** The digest of the one file that is meant. @throws SelkieError for none or several */
export function chooseFile({ layers }: Artifact, { title, digest }: FileChoice): Digest {
  const kind = title ? 'title' : 'digest';
  const wanted = JSON.stringify(title || (digest ?? ''));
  const matching = layers.filter((layer) => (title ? layer.annotations?.[titleAnnotation] === title : layer.digest === digest));
  if (matching.length > 1) throw new SelkieError(`more than one match for the ${kind} ${wanted}`);
  const [layer] = matching;
  if (!layer) throw new SelkieError(`no blob with the ${kind} ${wanted}`);
  return layer.digest;
}

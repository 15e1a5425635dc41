import type { ContainerEngine } from '../../../container/engine.ts';
import { ImageNotKnown } from '../../../image/image-errors.ts';
import { formatReference, parseReference } from '../../../image/reference.ts';
import { ApiError } from '../exchange.ts';

/**
 * The image that a client of Docker means: a local one where there is one by that name or ID, else one of Docker Hub, unless
 * containers.conf (compat_api_enforce_docker_hub) leaves short names to registries.conf.
 */
export function dockerName(engine: ContainerEngine, given: string): string {
  if (!engine.conf.engine.compat_api_enforce_docker_hub) return given;
  let name = given;
  try {
    const found = engine.images.find(given, { manifestList: true });
    if (found.image.id.startsWith(given.replace(/^sha256:/, ''))) return found.image.id;
    name = found.name;
  } catch (error) {
    if (!(error instanceof ImageNotKnown)) throw error;
  }
  try {
    return formatReference(parseReference(name));
  } catch (error) {
    throw new ApiError(500, `normalizing image: ${(error as Error).message}`, { cause: error });
  }
}

/** A name and what its `tag` parameter says, which may be a digest. */
export function withTag(name: string, tag: string): string {
  if (tag === '') return name;
  return `${name}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
}

import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { TagNotKnown } from './image-errors.ts';
import type { LocalImage } from './local-image.ts';
import { formatReference } from './reference.ts';
import { normalizeName } from './typed-name.ts';

/** Gives an image one more name. Repeatable. @throws SelkieError for a name that is a digest */
export function tagImage(engine: EngineContext, image: LocalImage, name: string): void {
  if (name.startsWith('sha256:')) throw new SelkieError(`${name}: tag by digest not supported`);
  let reference: ReturnType<typeof normalizeName>;
  try {
    reference = normalizeName(name);
  } catch (cause) {
    throw new SelkieError(`normalizing name "${name}": ${(cause as Error).message}`, { cause });
  }
  if (reference.digest) throw new SelkieError(`${name}: tag by digest not supported`);
  engine.store.images.addNames(image.id, [formatReference(reference)]);
  engine.emit('tag', image.id, name);
}

/** Takes one name from an image. @throws TagNotKnown when it has no such name */
export function untagImage(engine: EngineContext, image: LocalImage, name: string): string {
  if (name.startsWith('sha256:')) throw new SelkieError(`${name}: untag by digest not supported`);
  const full = formatReference(normalizeName(name));
  const names = engine.store.images.find(image.id)?.names ?? [];
  if (!names.includes(full)) throw new TagNotKnown(full);
  engine.store.images.removeNames(image.id, [full]);
  engine.emit('untag', image.id, full);
  return full;
}

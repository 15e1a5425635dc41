import type { Store } from '../storage/store.ts';
import { ImageNotKnown } from './image-errors.ts';
import { LocalImage } from './local-image.ts';
import { formatReference, type Reference } from './reference.ts';
import type { ImageReference } from './transport.ts';
import { storageReference } from './transports/containers-storage-reference.ts';

/** A place in the open store, by name, by id, or both. */
export function storeReference(store: Store, at: { reference?: Reference; id?: string }): ImageReference {
  return storageReference(store, at);
}

/** The image that was just stored under a name or an id. @throws ImageNotKnown when another process took it away meanwhile */
export function imageAt(store: Store, at: { reference?: Reference; id?: string }): LocalImage {
  const name = at.reference ? formatReference(at.reference) : at.id!;
  const record = store.images.find(name);
  if (!record) throw new ImageNotKnown(name);
  return new LocalImage(store, record);
}

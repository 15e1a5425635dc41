import { digestHex } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import { applyChanges } from './image-changes.ts';
import type { ImportOptions } from './pull-options.ts';
import { copyWithRetries } from './store-copy.ts';
import { imageAt, storeReference } from './store-reference.ts';
import { tagImage } from './tag.ts';
import { readTarball } from './tarball.ts';

/** Makes an image of one layer from a tar file, compressed or not. @returns its id with `sha256:` before it */
export async function importImage(engine: EngineContext, path: string, options: ImportOptions): Promise<string> {
  const config = applyChanges({}, options.changes ?? []);
  const tarball = await readTarball(path, {
    config,
    comment: options.message || 'imported from tarball',
    ...(options.created === undefined ? {} : { created: options.created }),
    ...(options.os ? { os: options.os } : {}),
    ...(options.architecture ? { architecture: options.architecture } : {}),
    ...(options.variant ? { variant: options.variant } : {}),
  });
  const id = digestHex(tarball.configDigest);
  await copyWithRetries(engine, tarball.reference, storeReference(engine.store, { id }), options);
  if (options.tag) tagImage(engine, imageAt(engine.store, { id }), options.tag);
  engine.emit('import', id, path);
  return `sha256:${id}`;
}

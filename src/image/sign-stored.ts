import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { parseReference } from './reference.ts';
import type { Signer } from './signature/signer.ts';
import { copyWithRetries } from './store-copy.ts';
import { storeReference } from './store-reference.ts';

/** Adds signatures to an image of the store, for its first name; a push takes them along. @throws SelkieError for one without a name */
export async function signStoredImage(
  engine: EngineContext,
  id: string,
  signers: readonly Signer[],
  options: EngineCopyOptions = {},
): Promise<void> {
  const [name] = engine.store.images.find(id)?.names ?? [];
  if (name === undefined) throw new SelkieError(`cannot determine canonical Docker reference for destination: image ${id} has no name`);
  const destination = storeReference(engine.store, { reference: parseReference(name), id });
  await copyWithRetries(engine, storeReference(engine.store, { id }), destination, { ...options, signers });
}

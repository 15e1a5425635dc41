import type { Digest } from '../image/digest.ts';
import { parseImageName } from '../image/image-name.ts';
import type { EngineCopyOptions } from '../image/pull-options.ts';
import { copyWithRetries } from '../image/store-copy.ts';
import { artifactReference } from './artifact-reference.ts';
import { type ArtifactStore, refuseEmpty } from './artifact-store.ts';

/** Fetches an artifact from a registry into the store. */
export async function pullArtifact(store: ArtifactStore, name: string, options: EngineCopyOptions): Promise<Digest> {
  refuseEmpty(name);
  const { digest } = await copyWithRetries({ options: {} }, parseImageName(`docker://${name}`), artifactReference(store, name), options);
  return digest;
}

/** Sends an artifact to the registry that its name tells. */
export async function pushArtifact(store: ArtifactStore, name: string, options: EngineCopyOptions): Promise<Digest> {
  refuseEmpty(name);
  const { digest } = await copyWithRetries({ options: {} }, artifactReference(store, name), parseImageName(`docker://${name}`), options);
  return digest;
}

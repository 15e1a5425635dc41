import { type Digest, digestHex } from '../image/digest.ts';
import type { LayerDescriptor } from '../image/manifest.ts';
import { ArtifactNotKnown, InvalidArtifactTitle } from './errors.ts';

export const titleAnnotation = 'org.opencontainers.image.title';

/** An artifact of the store: files, each a layer of an OCI image manifest. */
export interface Artifact {
  /** '' for one that lost its name to a newer one. */
  readonly name: string;
  readonly digest: Digest;
  /** As it is written in the store. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly layers: readonly LayerDescriptor[];
}

/** Bytes of all its files. */
export const artifactSize = ({ layers }: Artifact): number => layers.reduce((sum, layer) => sum + layer.size, 0);

/** The artifact of that name, else the first whose digest begins so. @throws ArtifactNotKnown */
export function chooseArtifact(artifacts: readonly Artifact[], nameOrDigest: string): Artifact {
  const found =
    artifacts.find(({ name }) => name === nameOrDigest) ?? artifacts.find(({ digest }) => digestHex(digest).startsWith(nameOrDigest));
  if (!found) throw new ArtifactNotKnown(nameOrDigest);
  return found;
}

/** The name that a file gets where it is written: its title, else its digest. A title must not lead elsewhere. @throws InvalidArtifactTitle */
export function fileNameOf(title: string | undefined, digest: Digest): string {
  const name = title || digest.replace(':', '-');
  if (name.includes('/') || name === '.' || name === '..' || name.includes('\0')) throw new InvalidArtifactTitle(name);
  return name;
}

import { posix } from 'node:path';
import type { ArtifactStore } from '../../artifact/artifact-store.ts';
import { SelkieError } from '../../errors.ts';
import type { ArtifactVolumeMount, Container } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import type { OciMount } from '../oci-spec.ts';
import type { Rootfs } from '../rootfs-files/rootfs.ts';

/**
 * Files of artifacts, each bound from the store, where what they hold is what they are called by: so never writable.
 * @throws ArtifactNotKnown, InvalidArtifactTitle
 */
export function artifactMounts(engine: ContainerEngine, { config }: Container, rootfs: Rootfs): OciMount[] {
  const volumes = config.artifactVolumes ?? [];
  if (volumes.length === 0) return [];
  const { ArtifactStore } = require('../../artifact/artifact-store.ts') as typeof import('../../artifact/artifact-store.ts');
  using store = ArtifactStore.open(engine.store.options.graphRoot);
  return volumes.flatMap((volume) => mountsOf(store, volume, rootfs));
}

function mountsOf(store: ArtifactStore, volume: ArtifactVolumeMount, rootfs: Rootfs): OciMount[] {
  const { source, destination, name } = volume;
  const { artifactFiles } = require('../../artifact/extract.ts') as typeof import('../../artifact/extract.ts');
  const files = artifactFiles(store, source, volume);
  const there = rootfs.kind(destination);
  const ontoFile = there === undefined ? files.length === 1 : there !== 'directory';
  if (ontoFile && files.length > 1)
    throw new SelkieError(
      `artifact ${JSON.stringify(source)} contains more than one blob and container path ${JSON.stringify(destination)} is a file`,
    );
  return files.map((file, index) => {
    const called = name === undefined ? file.name : files.length > 1 ? `${name}-${index}` : name;
    return {
      destination: ontoFile ? destination : posix.join(destination, called),
      type: 'bind',
      source: file.path,
      options: ['bind', 'ro'],
    };
  });
}

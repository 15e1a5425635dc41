import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { Digest } from '../image/digest.ts';
import { goJson } from '../image/go-json.ts';
import { parseManifest } from '../image/manifest.ts';
import { ociIndex } from '../image/media-types.ts';
import { readManifestFile } from '../image/transports/oci.ts';
import { deleteFromLayout } from '../image/transports/oci-delete.ts';
import { layoutBlobPath, readLayoutIndex, refNameAnnotation } from '../image/transports/oci-layout.ts';
import { LockFile } from '../os/locks.ts';
import { type Artifact, chooseArtifact } from './artifact.ts';

/**
 * podman's store of artifacts: an OCI image layout below the graph root, in which each entry of the index is an artifact under the
 * name that was given, guarded by a lock file of its own.
 */
export class ArtifactStore implements Disposable {
  readonly #lock: LockFile;

  private constructor(readonly path: string) {
    this.#lock = new LockFile(join(path, 'index.lock'));
  }

  /** Makes the store where it is missing. */
  static open(graphRoot: string): ArtifactStore {
    const store = new ArtifactStore(join(graphRoot, 'artifacts'));
    mkdirSync(store.path, { recursive: true, mode: 0o700 });
    const index = join(store.path, 'index.json');
    if (existsSync(index)) return store;
    store.write(() => {
      if (!existsSync(index)) writeFileSync(index, goJson({ schemaVersion: 2, mediaType: ociIndex, manifests: null }), { mode: 0o644 });
    });
    return store;
  }

  list(): Artifact[] {
    return this.read(() => this.#artifacts());
  }

  /** @throws ArtifactNotKnown */
  find(nameOrDigest: string): Artifact {
    refuseEmpty(nameOrDigest);
    return chooseArtifact(this.list(), nameOrDigest);
  }

  /** Takes an artifact out, with the files that no other one needs. @throws ArtifactNotKnown */
  remove(nameOrDigest: string): Digest {
    refuseEmpty(nameOrDigest);
    return this.write(() => {
      const artifacts = this.#artifacts();
      const chosen = chooseArtifact(artifacts, nameOrDigest);
      this.removeEntry(artifacts.indexOf(chosen));
      return chosen.digest;
    });
  }

  /** For who holds the lock. @param position in the index */
  removeEntry(position: number): void {
    deleteFromLayout({ path: this.path, index: position });
  }

  blobPath(digest: Digest): string {
    return layoutBlobPath(this.path, digest);
  }

  /** Runs a step under the store's lock. Never `await` within. */
  read<R>(step: () => R): R {
    this.#lock.lockShared();
    try {
      return step();
    } finally {
      this.#lock.unlock();
    }
  }

  write<R>(step: () => R): R {
    this.#lock.lockExclusive();
    try {
      return step();
    } finally {
      this.#lock.unlock();
    }
  }

  #artifacts(): Artifact[] {
    return readLayoutIndex(this.path).manifests.map(({ digest, mediaType, annotations }) => {
      const name = annotations?.[refNameAnnotation] ?? '';
      const parsed = parseManifest({ bytes: readManifestFile(this.blobPath(digest), digest), mediaType });
      if (parsed.kind === 'list') throw new SelkieError(`manifest ${JSON.stringify(`${this.path}:${name}`)} is index list`);
      return { name, digest, manifest: parsed.json, layers: parsed.layers };
    });
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

export function refuseEmpty(name: string): void {
  if (name === '') throw new SelkieError('artifact name cannot be empty');
}

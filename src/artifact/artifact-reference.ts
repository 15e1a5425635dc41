import { existsSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { parseImageManifest } from '../image/manifest.ts';
import type { ImageDestination, ImageSource, RawManifest, TransportOptions } from '../image/transport.ts';
import { OciDestination, OciSource } from '../image/transports/oci.ts';
import { type LayoutName, OciReference, parseLayoutName } from '../image/transports/oci-reference.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** An artifact as something that images are copied from and to. @throws InvalidImageName for a name that a layout cannot hold */
export function artifactReference(store: ArtifactStore, name: string): ArtifactReference {
  return new ArtifactReference(store, layoutNameOf(store, name));
}

function layoutNameOf(store: ArtifactStore, name: string): LayoutName {
  if (store.path.includes(':')) throw new SelkieError(`Invalid OCI reference ${store.path}: path contains a colon`);
  if (name.startsWith('@')) throw new SelkieError(`Invalid image ${name}`);
  return parseLayoutName(`${store.path}:${name}`, name);
}

export class ArtifactReference extends OciReference {
  constructor(
    readonly store: ArtifactStore,
    layout: LayoutName,
  ) {
    super(layout);
  }

  override async openSource(options: TransportOptions): Promise<ImageSource> {
    return new OciSource(this, this.layout, options.sharedBlobDir);
  }

  override async openDestination(options: TransportOptions): Promise<ImageDestination> {
    return this.destination(options);
  }

  destination(options: TransportOptions = {}): ArtifactDestination {
    return new ArtifactDestination(this, this.store, options);
  }
}

/** Takes the store's lock for the moment in which the artifact becomes visible, not while its files arrive. */
export class ArtifactDestination extends OciDestination {
  #manifest: RawManifest | undefined;

  constructor(
    reference: ArtifactReference,
    readonly store: ArtifactStore,
    options: TransportOptions,
  ) {
    super(reference, reference.layout, { ...options, acceptUncompressedLayers: true });
  }

  override async putManifest(manifest: RawManifest): Promise<void> {
    this.#manifest = manifest;
    await super.putManifest(manifest);
  }

  override async commit(): Promise<void> {
    this.commitUnder();
  }

  /** @param step runs just before, under the lock @throws SelkieError when another process removed what had arrived */
  commitUnder(step: () => void = () => {}, after: () => void = () => {}): void {
    this.store.write(() => {
      step();
      const { layers } = parseImageManifest(this.#manifest!);
      const missing = layers.find(({ digest }) => !existsSync(this.store.blobPath(digest)));
      if (missing) throw new SelkieError(`${missing.digest} was removed from the store meanwhile: try again`);
      super.commitNow();
      after();
    });
  }
}

import { SelkieError } from '../../errors.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';
import { formatLayoutName, type LayoutName, parseLayoutName } from './oci-reference.ts';
import { pathScopes, resolvedPath } from './path-scopes.ts';

/** An image of an OCI image layout in a tar file. */
export class OciArchiveReference implements ImageReference {
  readonly transport = 'oci-archive';
  readonly name: string;

  constructor(readonly layout: LayoutName) {
    this.name = formatLayoutName(layout);
  }

  get policyScopes(): string[] {
    const { path, image } = this.layout;
    return [...(image === undefined ? [] : [`${resolvedPath(path)}:${image}`]), ...pathScopes(path)];
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openOciArchiveSource } = await import('./oci-archive.ts');
    return openOciArchiveSource(this, options);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { openOciArchiveDestination } = await import('./oci-archive.ts');
    return openOciArchiveDestination(this, options);
  }

  async delete(): Promise<void> {
    throw new SelkieError('Deleting images not implemented for oci: images');
  }
}

/** @throws InvalidImageName */
export function parseOciArchiveName(name: string, text: string): OciArchiveReference {
  return new OciArchiveReference(parseLayoutName(name, text));
}

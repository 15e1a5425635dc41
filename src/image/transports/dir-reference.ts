import { SelkieError } from '../../errors.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';
import { pathScopes } from './path-scopes.ts';

/** An image as plain files in a directory. */
export class DirReference implements ImageReference {
  readonly transport = 'dir';

  constructor(readonly name: string) {}

  get policyScopes(): string[] {
    return pathScopes(this.name);
  }

  async openSource(): Promise<ImageSource> {
    const { DirSource } = await import('./dir.ts');
    return new DirSource(this);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { DirDestination } = await import('./dir.ts');
    return new DirDestination(this, options);
  }

  async delete(): Promise<void> {
    throw new SelkieError('Deleting images not implemented for dir: images');
  }
}

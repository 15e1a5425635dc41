import { SelkieError } from '../../errors.ts';
import { InvalidImageName } from '../errors.ts';
import type { ImageReference, ImageSource } from '../transport.ts';

/** A tar file as the only layer of an image. */
export class TarballFileReference implements ImageReference {
  readonly transport = 'tarball';
  readonly policyScopes = [];

  constructor(readonly name: string) {}

  async openSource(): Promise<ImageSource> {
    const { readTarball } = await import('../tarball.ts');
    const { reference } = await readTarball(this.name, { config: {}, comment: 'imported from tarball' });
    return reference.openSource({});
  }

  openDestination(): Promise<never> {
    throw new SelkieError('"tarball:" locations can only be read from, not written to');
  }

  delete(): Promise<never> {
    throw new SelkieError('Deleting images not implemented for tarball: images');
  }
}

/** @throws InvalidImageName */
export function parseTarballName(name: string, text: string): TarballFileReference {
  if (name === '' || name === '-' || name.includes(':'))
    throw new InvalidImageName(text, `invalid image name ${JSON.stringify(text)}: the path of one file is wanted`);
  return new TarballFileReference(name);
}

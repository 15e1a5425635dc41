import { SelkieError } from '../../errors.ts';
import { isDigest } from '../digest.ts';
import { InvalidImageName } from '../errors.ts';
import { formatReference, parseReference, type Reference } from '../reference.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';
import { dockerPolicyScopes } from './docker-reference.ts';

/** An image of a docker daemon: `NAME[:TAG]` or `ALGORITHM:DIGEST`. */
export class DaemonReference implements ImageReference {
  readonly transport = 'docker-daemon';

  constructor(
    readonly name: string,
    readonly dockerReference?: Reference,
  ) {}

  get policyScopes(): string[] {
    return this.dockerReference ? dockerPolicyScopes(this.dockerReference) : [this.name];
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openDaemonSource } = await import('./docker-daemon.ts');
    return openDaemonSource(this, options);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { openDaemonDestination } = await import('./docker-daemon.ts');
    return openDaemonDestination(this, options);
  }

  async delete(): Promise<void> {
    // What the daemon has is the daemon's to delete, as with skopeo.
    throw new SelkieError('Deleting images not implemented for docker-daemon: images');
  }
}

/** @throws InvalidImageName, InvalidReference */
export function parseDaemonName(name: string, text: string): DaemonReference {
  if (name === '') throw new InvalidImageName(text, `invalid image name ${JSON.stringify(text)}: the name is missing`);
  if (isDigest(name)) return new DaemonReference(name);
  const reference = parseReference(name);
  if (reference.tag === undefined && reference.digest === undefined)
    throw new InvalidImageName(text, `docker-daemon: reference ${name} has neither a tag nor a digest`);
  return new DaemonReference(formatReference(reference), reference);
}

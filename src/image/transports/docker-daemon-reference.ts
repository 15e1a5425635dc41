import { NotYet } from '../../errors.ts';
import { isDigest } from '../digest.ts';
import { InvalidImageName } from '../errors.ts';
import { formatReference, normalizeReference, type Reference, withDefaultTag } from '../reference.ts';
import type { ImageDestination, ImageReference, ImageSource } from '../transport.ts';

/** An image of a docker daemon: `NAME[:TAG]` or `ALGORITHM:DIGEST`. It can be named; copies come with the docker API. */
export class DaemonReference implements ImageReference {
  readonly transport = 'docker-daemon';
  readonly policyScopes: readonly string[] = [];

  constructor(
    readonly name: string,
    readonly dockerReference?: Reference,
  ) {}

  async openSource(): Promise<ImageSource> {
    throw new NotYet('the docker-daemon: transport');
  }

  async openDestination(): Promise<ImageDestination> {
    throw new NotYet('the docker-daemon: transport');
  }

  async delete(): Promise<void> {
    throw new NotYet('the docker-daemon: transport');
  }
}

/** @throws InvalidImageName, InvalidReference */
export function parseDaemonName(name: string, text: string): DaemonReference {
  if (name === '') throw new InvalidImageName(text, `invalid image name ${JSON.stringify(text)}: the name is missing`);
  if (isDigest(name)) return new DaemonReference(name);
  const reference = withDefaultTag(normalizeReference(name));
  return new DaemonReference(formatReference(reference), reference);
}

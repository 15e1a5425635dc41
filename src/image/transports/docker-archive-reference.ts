import { SelkieError } from '../../errors.ts';
import { InvalidImageName } from '../errors.ts';
import { formatReference, normalizeReference, type Reference, withDefaultTag } from '../reference.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';
import type { ArchiveFile } from './archive-file.ts';
import type { DockerArchiveWriter } from './docker-archive-writer.ts';

/** What several images of one archive share: it is opened once. */
export interface SharedArchive {
  reader?: ArchiveFile;
  writer?: DockerArchiveWriter;
}

/** An image of an archive as `docker save` writes it: `PATH[:REFERENCE|:@INDEX]`. */
export class DockerArchiveReference implements ImageReference {
  readonly transport = 'docker-archive';

  constructor(
    readonly path: string,
    readonly dockerReference?: Reference,
    /** Position in manifest.json. */
    readonly index?: number,
    readonly shared?: SharedArchive,
  ) {}

  get name(): string {
    if (this.index !== undefined) return `${this.path}:@${this.index}`;
    return this.dockerReference ? `${this.path}:${formatReference(this.dockerReference)}` : this.path;
  }

  get policyScopes(): string[] {
    // The file is only carried in; what it is called says nothing.
    return [];
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openDockerArchiveSource } = await import('./docker-archive.ts');
    return openDockerArchiveSource(this, options);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { DockerArchiveDestination } = await import('./docker-archive-destination.ts');
    return DockerArchiveDestination.open(this, options);
  }

  async delete(): Promise<void> {
    throw new SelkieError('Deleting images not implemented for docker-archive: images');
  }
}

/** @throws InvalidImageName, InvalidReference */
export function parseDockerArchiveName(name: string, text: string): DockerArchiveReference {
  if (name === '')
    throw new InvalidImageName(text, `docker-archive reference ${JSON.stringify(name)} isn't of the form <path>[:<reference>]`);
  const colon = name.indexOf(':');
  if (colon < 0) return new DockerArchiveReference(name);
  const [path, rest] = [name.slice(0, colon), name.slice(colon + 1)];
  if (rest.startsWith('@')) {
    if (!/^@\d+$/.test(rest)) throw new InvalidImageName(text, `Invalid source index ${rest}: not a number that is zero or more`);
    return new DockerArchiveReference(path, undefined, Number(rest.slice(1)));
  }
  const reference = withDefaultTag(normalizeReference(rest));
  if (reference.tag === undefined) throw new InvalidImageName(text, `docker-archive reference ${JSON.stringify(rest)} must have a tag`);
  return new DockerArchiveReference(path, reference);
}

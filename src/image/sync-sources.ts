import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { info } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { wrapped } from './errors.ts';
import { formatReference, parseReference, type Reference, repositoryName } from './reference.ts';
import { listTags } from './tags.ts';
import type { ImageReference, TransportOptions } from './transport.ts';
import { DirReference } from './transports/dir-reference.ts';
import { dockerReference } from './transports/docker-reference.ts';

/** Images that are to be synchronized, and how their place is reached. */
export interface SyncSource {
  readonly images: readonly ImageReference[];
  readonly options: TransportOptions;
  /** For dir: what the paths of the images begin with. */
  readonly base?: string;
}

/** A repository's images: the one tag that is named, else all. */
export async function repositoryToSync(name: string, options: TransportOptions): Promise<SyncSource> {
  const reference = parseNamed(name);
  const tagged = !isRepository(reference);
  info('Tag presence check', { imagename: name, tagged: String(tagged) });
  if (tagged) return { images: [dockerReference(reference)], options };
  const images = await tagsOf(reference, options);
  if (images.length === 0) throw new SelkieError(`No images to sync found in ${JSON.stringify(name)}`);
  return { images: images.map(dockerReference), options };
}

function parseNamed(name: string): Reference {
  try {
    return parseReference(name);
  } catch (cause) {
    throw wrapped(`Cannot obtain a valid image reference for transport "docker" and reference ${JSON.stringify(name)}`, cause);
  }
}

export const isRepository = ({ tag, digest }: Reference): boolean => tag === undefined && digest === undefined;

/** All images of a repository. */
export async function tagsOf(repository: Reference, options: TransportOptions): Promise<Reference[]> {
  const image = repositoryName(repository);
  info('Getting tags', { image });
  try {
    return (await listTags(repository, options)).map((tag) => ({ ...repository, tag }));
  } catch (cause) {
    throw wrapped(`Error determining repository tags for repo ${image}`, cause);
  }
}

/** All images in a directory and below, each a directory with a manifest. */
export function directoryToSync(path: string, options: TransportOptions): SyncSource {
  if (!existsSync(path)) throw new SelkieError(`Invalid source directory specified: stat ${path}: no such file or directory`);
  const images = [...imagesBelow(path)].map((each) => new DirReference(each));
  if (images.length === 0) throw new SelkieError(`No images to sync found in ${JSON.stringify(path)}`);
  return { images, options, base: path };
}

function* imagesBelow(path: string): Generator<string> {
  if (existsSync(join(path, 'manifest.json'))) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    const below = join(path, name);
    if (lstatSync(below).isDirectory()) yield* imagesBelow(below);
  }
}

/** What an image is called at the destination. @param scoped keep registry and namespaces */
export function syncedName(image: ImageReference, base: string | undefined, scoped: boolean): string {
  const whole =
    image.transport === 'docker'
      ? formatReference(image.dockerReference!)
      : image.name.slice((base ?? '').length) || image.name.slice(image.name.replace(/\/+$/, '').lastIndexOf('/') + 1);
  return scoped ? whole : whole.replace(/\/+$/, '').slice(whole.replace(/\/+$/, '').lastIndexOf('/') + 1);
}

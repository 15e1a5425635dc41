import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { isDigest } from './digest.ts';
import { isObject } from './manifest.ts';
import { formatReference, parseReference, type Reference, repositoryName } from './reference.ts';
import { listTags } from './tags.ts';
import type { ImageReference, TransportOptions } from './transport.ts';
import { DirReference } from './transports/dir.ts';
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
  const reference = parseReference(name);
  if (reference.tag !== undefined || reference.digest !== undefined) return { images: [dockerReference(reference)], options };
  const tags = await listTags(reference, options);
  if (tags.length === 0) throw new SelkieError(`No images to sync found in ${JSON.stringify(name)}`);
  return { images: tags.map((tag) => dockerReference({ ...reference, tag })), options };
}

/** All images in a directory and below, each a directory with a manifest. */
export function directoryToSync(path: string, options: TransportOptions): SyncSource {
  if (!existsSync(path)) throw new SelkieError(`Couldn't walk directory ${path}: lstat ${path}: no such file or directory`);
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

interface RegistryToSync {
  images?: Record<string, string[] | null>;
  'images-by-tag-regex'?: Record<string, string>;
  'images-by-semver'?: Record<string, string>;
  credentials?: { username?: string; password?: string };
  'tls-verify'?: boolean;
  'cert-dir'?: string;
}

/** What a YAML file lists: registries with repositories and their tags. What cannot be listed is reported and left out. @throws SelkieError */
export async function listedToSync(path: string, options: TransportOptions): Promise<SyncSource[]> {
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SelkieError(`Failed to unmarshal ${JSON.stringify(path)}: ${(cause as Error).message}`, { cause });
  }
  if (!isObject(document)) throw new SelkieError(`Failed to unmarshal ${JSON.stringify(path)}: not a map of registries`);
  const sources: SyncSource[] = [];
  for (const [registry, value] of Object.entries(document)) {
    const listed = (value ?? {}) as RegistryToSync;
    const own = registryOptions(listed, options);
    const groups = await listedImages(registry, listed, own);
    for (const images of groups) if (images.length > 0) sources.push({ images, options: own });
    if (groups.every((images) => images.length === 0)) reportError(`No images to sync found for registry ${registry}`);
  }
  return sources;
}

function registryOptions(listed: RegistryToSync, options: TransportOptions): TransportOptions {
  const { username, password = '' } = listed.credentials ?? {};
  return {
    ...options,
    ...(username ? { credentials: { username, password } } : {}),
    ...(listed['tls-verify'] === undefined ? {} : { tlsVerify: listed['tls-verify'] }),
    ...(listed['cert-dir'] ? { certDir: listed['cert-dir'] } : {}),
  };
}

async function listedImages(registry: string, listed: RegistryToSync, options: TransportOptions): Promise<ImageReference[][]> {
  const groups: ImageReference[][] = [];
  const collect = async (name: string, choose: (repository: Reference) => Promise<Reference[]>): Promise<void> => {
    try {
      const repository = parseReference(`${registry}/${name}`);
      if (repository.tag !== undefined || repository.digest !== undefined)
        throw new SelkieError('a repository was expected, without tag and digest');
      groups.push((await choose(repository)).map(dockerReference));
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      reportError(`Error processing repo ${registry}/${name}, skipping: ${error.message}`);
    }
  };
  const tagged = async (repository: Reference, wanted: (tag: string) => boolean): Promise<Reference[]> =>
    (await listTags(repository, options)).filter(wanted).map((tag) => ({ ...repository, tag }));
  for (const [name, tags] of Object.entries(listed.images ?? {})) {
    await collect(name, async (repository) => {
      if (!tags?.length) return tagged(repository, () => true);
      return tags.map((tag) =>
        isDigest(String(tag))
          ? parseReference(`${repositoryName(repository)}@${tag}`)
          : parseReference(`${repositoryName(repository)}:${tag}`),
      );
    });
  }
  for (const [name, pattern] of Object.entries(listed['images-by-tag-regex'] ?? {})) {
    const regex = new RegExp(pattern);
    await collect(name, (repository) => tagged(repository, (tag) => regex.test(tag)));
  }
  for (const [name, constraint] of Object.entries(listed['images-by-semver'] ?? {})) {
    await collect(name, (repository) => tagged(repository, (tag) => satisfies(tag, constraint)));
  }
  return groups;
}

/** Whether a tag is a version that a constraint allows: comma or blank for "and", `||` for "or". */
function satisfies(tag: string, constraint: string): boolean {
  const version = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[\w.-]+)?(\+[\w.-]+)?$/.exec(tag);
  if (!version) return false;
  const [, major, minor = '0', patch = '0', prerelease = ''] = version;
  return Bun.semver.satisfies(`${major}.${minor}.${patch}${prerelease}`, constraint.replaceAll(',', ' ').replace(/([<>=~^]+)\s+/g, '$1'));
}

/** What an image is called at the destination. @param scoped keep registry and namespaces */
export function syncedName(image: ImageReference, base: string | undefined, scoped: boolean): string {
  const whole =
    image.transport === 'docker'
      ? formatReference(image.dockerReference!)
      : image.name.slice((base ?? '').length) || image.name.slice(image.name.replace(/\/+$/, '').lastIndexOf('/') + 1);
  return scoped ? whole : whole.replace(/\/+$/, '').slice(whole.replace(/\/+$/, '').lastIndexOf('/') + 1);
}

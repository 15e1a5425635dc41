import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { ImageRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { NoMatchingPlatform } from './errors.ts';
import { ImageNotKnown, NotAManifestList } from './image-errors.ts';
import { LocalImage } from './local-image.ts';
import { parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
import { hostPlatform, normalizeArchitecture, type Platform } from './platform.ts';
import { formatReference, isShortName, normalizeReference, type Reference, repositoryName, withDefaultTag } from './reference.ts';
import { parseTypedName, withoutShadowedTag } from './typed-name.ts';

export interface LookupOptions {
  /** Only an image of this platform will do. Without it any is taken, and of a manifest list the instance for this machine. */
  platform?: Partial<Platform>;
  /** A name of a manifest list finds the list itself instead of one of its instances. */
  manifestList?: boolean;
  /** Nothing but a manifest list will do. @throws NotAManifestList */
  onlyManifestList?: boolean;
  /** The list itself where no instance fits (for removal). */
  listWithoutInstance?: boolean;
  /** Warn when the image is not for this machine. */
  warnOfPlatform?: boolean;
}

/** An image, and the name by which it was found: a full reference, or the id (part) as typed. */
export interface Found {
  readonly image: LocalImage;
  readonly name: string;
}

const otherTransports = ['docker', 'docker-archive', 'docker-daemon', 'oci', 'oci-archive', 'dir', 'sif', 'tarball', 'atomic', 'ostree'];

/**
 * Finds a local image by what a user typed: an id or its beginning, a digest, a full name, or a short one (an alias's value, then
 * localhost, then the search registries, then any image whose name ends so).
 * @throws ImageNotKnown
 */
export function lookupImage(store: Store, typed: string, options: LookupOptions = {}): Found {
  if (typed.startsWith('containers-storage:')) return { image: inStorageSyntax(store, typed), name: '' };
  const transport = /^([a-z-]+):(.*)$/s.exec(typed);
  if (transport && otherTransports.includes(transport[1]!) && (transport[1] !== 'docker' || transport[2]!.startsWith('//')))
    throw new SelkieError(`unsupported transport "${transport[1]}" for looking up local images`);

  let name: string;
  try {
    name = withoutShadowedTag(typed);
  } catch (cause) {
    throw new SelkieError(`parsing reference "${typed}": ${(cause as Error).message}`, { cause });
  }
  const byDigest = name.startsWith('sha256:');
  const id = byDigest ? name.slice('sha256:'.length) : name;
  if (/^[a-f0-9]{64}$/.test(id)) {
    const image = accept(store, store.images.find(id), id, options);
    if (!image) throw new ImageNotKnown(name);
    return { image, name };
  }
  if (byDigest) throw new SelkieError(`${name}: invalid format: no 64-byte hexadecimal value`);

  for (const candidate of candidatesFor(name)) {
    const image = byReference(store, candidate, options);
    if (image) return { image, name: formatReference(candidate) };
  }
  const image = accept(store, store.images.find(name), name, options);
  if (image) return { image, name };
  return fuzzily(store, name, options);
}

function candidatesFor(name: string): Reference[] {
  const candidates = isShortName(name) ? (require('./short-names.ts') as typeof import('./short-names.ts')).localCandidates(name) : [];
  try {
    const asDocker = normalizeReference(name);
    if (!candidates.some((candidate) => formatReference(candidate) === formatReference(asDocker))) candidates.push(asDocker);
  } catch {
    // 64 hexadecimal digits and the like are no docker name, but may be another's
  }
  return candidates;
}

function byReference(store: Store, candidate: Reference, options: LookupOptions): LocalImage | undefined {
  const name = formatReference(withDefaultTag(candidate));
  const record = store.images.find(name) ?? byRepositoryDigest(store, candidate);
  return accept(store, record, name, options);
}

/** `repo@digest` of an image that carries the digest and any name of that repository. */
function byRepositoryDigest(store: Store, candidate: Reference): ImageRecord | undefined {
  if (!candidate.digest) return undefined;
  const repository = repositoryName(candidate);
  return store.images
    .byDigest(candidate.digest)
    .find((record) => new LocalImage(store, record).references().some((reference) => repositoryName(reference) === repository));
}

function accept(store: Store, record: ImageRecord | undefined, candidate: string, options: LookupOptions): LocalImage | undefined {
  if (!record) return undefined;
  let image = new LocalImage(store, record);
  if (isList(image)) {
    if (options.onlyManifestList || options.manifestList) return image;
    try {
      image = instanceOf(image, options.platform);
    } catch (error) {
      if (options.listWithoutInstance) return image;
      if (error instanceof NoMatchingPlatform) throw new ImageNotKnown(candidate, { reason: error.message });
      throw error;
    }
  } else if (options.onlyManifestList) throw new NotAManifestList(candidate);
  if (image.id.startsWith(candidate)) return image;
  return platformFits(image, options) ? image : undefined;
}

function isList(image: LocalImage): boolean {
  try {
    return image.isManifestList;
  } catch (error) {
    warn(`Failed to determine if an image is a manifest list: ${(error as Error).message}, ignoring the error`);
    return false;
  }
}

/** The list's instance for the platform, where it is in the store. @throws NoMatchingPlatform when the list has none */
function instanceOf(list: LocalImage, platform: Partial<Platform> | undefined): LocalImage {
  const parsed = parseManifest(list.manifest());
  if (parsed.kind !== 'list') throw new NotAManifestList(list.id);
  const { digest } = chooseInstance(parsed, platform);
  const record = list.store.images.byDigest(digest)[0];
  if (record) return new LocalImage(list.store, record);
  const reason = `could not find image instance ${digest} of manifest list ${list.id} in local containers storage: image not known`;
  throw new ImageNotKnown(list.id, { reason });
}

function platformFits(image: LocalImage, options: LookupOptions): boolean {
  const wanted = options.platform;
  const custom = wanted !== undefined && Boolean(wanted.os || wanted.architecture || wanted.variant);
  if (!custom && !options.warnOfPlatform) return true;
  const mismatch = platformMismatch(image, wanted);
  if (mismatch === undefined) return true;
  if (!custom) warn(mismatch);
  return !custom;
}

/** What is wrong with the image's platform, or undefined when it fits. An image that cannot be read fits. */
export function platformMismatch(image: LocalImage, wanted: Partial<Platform> = {}): string | undefined {
  let has: Partial<Platform>;
  try {
    has = image.image();
  } catch {
    return undefined;
  }
  const host = hostPlatform();
  const expected = platformText(wanted.os || host.os, wanted.architecture || host.architecture, wanted.variant);
  const actual = platformText(has.os || host.os, has.architecture || host.architecture, has.variant);
  return expected === actual ? undefined : `image platform (${actual}) does not match the expected platform (${expected})`;
}

function platformText(os: string, architecture: string, variant: string | undefined): string {
  const normal = normalizeArchitecture(architecture, variant);
  const shown = normal.architecture === 'arm' && !normal.variant ? 'v7' : normal.variant;
  return `${os}/${normal.architecture}${shown ? `/${shown}` : ''}`;
}

function fuzzily(store: Store, name: string, options: LookupOptions): Found {
  if (!isShortName(name)) throw new ImageNotKnown(name);
  const { name: repository, tag, digest } = parseTypedName(name);
  const wantedTag = digest ? undefined : (tag ?? 'latest');
  for (const record of store.images.list()) {
    for (const reference of new LocalImage(store, record).references()) {
      if (wantedTag !== undefined && reference.tag !== wantedTag) continue;
      const full = repositoryName(reference);
      if (full !== repository && !full.endsWith(`/${repository}`)) continue;
      const image = byReference(store, reference, options);
      if (image && digest && !image.digests.includes(digest)) continue;
      if (image) return { image, name: digest ? `${full}@${digest}` : formatReference(reference) };
    }
  }
  throw new ImageNotKnown(name);
}

/** `containers-storage:[…]NAME[@ID]`; a store other than the open one is not looked into. */
function inStorageSyntax(store: Store, typed: string): LocalImage {
  const rest = typed.slice('containers-storage:'.length).replace(/^\[[^\]]*\]/, '');
  const at = rest.lastIndexOf('@');
  const suffix = at < 0 ? undefined : rest.slice(at + 1);
  let record: ImageRecord | undefined;
  if (suffix !== undefined && !suffix.includes(':')) record = store.images.find(suffix);
  else {
    try {
      const reference = normalizeReference(rest);
      record = store.images.find(formatReference(reference)) ?? byRepositoryDigest(store, reference);
    } catch {
      record = undefined;
    }
    if (!record && /^[a-f0-9]{3,64}$/.test(rest)) record = store.images.find(rest);
  }
  if (!record) throw new ImageNotKnown(typed, { reason: 'identifier is not an image' });
  return new LocalImage(store, record);
}

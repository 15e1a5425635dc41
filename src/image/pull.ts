import { RegistriesConfError } from '../config/registries-conf.ts';
import { reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { ImageItemMissing, ImageNotKnown } from './image-errors.ts';
import { parseImageName } from './image-name.ts';
import type { LocalImage } from './local-image.ts';
import { type Found, lookupImage, platformMismatch } from './lookup.ts';
import { hasNewer } from './newer.ts';
import { parsePlace } from './place.ts';
import { hostPlatform, type Platform } from './platform.ts';
import { loadPolicy } from './policy.ts';
import type { PullOptions, PullPolicy } from './pull-options.ts';
import { pullFromPlace } from './pull-place.ts';
import { formatReference, normalizeReference, parseReference, type Reference } from './reference.ts';
import { type ResolvedName, resolveShortName, type ShortNameOptions } from './short-names.ts';
import { copyWithRetries, transportOptions } from './store-copy.ts';
import { imageAt, storeReference } from './store-reference.ts';
import { withoutShadowedTag } from './typed-name.ts';

const places = ['docker-archive', 'docker-daemon', 'oci', 'oci-archive', 'dir', 'containers-storage', 'sif', 'tarball'];

/**
 * Gets what the name says: an image of a registry (short names are resolved), or with a transport before it one of another place.
 * @throws ImageNotKnown when the policy is `never` and there is none
 */
export async function pullImages(engine: EngineContext, name: string, options: PullOptions = {}): Promise<LocalImage[]> {
  try {
    const images = await dispatch(engine, name, options);
    for (const image of images) {
      const mismatch = platformMismatch(image, options.platform);
      if (mismatch !== undefined) announce(options, `WARNING: ${mismatch}`);
      engine.emit('pull', image.id, name);
    }
    return images;
  } catch (error) {
    engine.emit('pull-error', '', name, (error as Error).message);
    throw error;
  }
}

async function dispatch(engine: EngineContext, name: string, options: PullOptions): Promise<LocalImage[]> {
  const policy = options.policy ?? 'always';
  const transport = /^([a-z-]+):/.exec(name)?.[1];
  if (transport !== undefined && places.includes(transport)) {
    if (options.allTags) throw new SelkieError(`pulling all tags is not supported for ${transport} transport`);
    return pullFromPlace(engine, parsePlace(engine.store, name), options);
  }
  if (name.startsWith('docker://')) {
    const reference = normalizeReference(name.slice('docker://'.length));
    return fromRegistry(engine, formatReference(reference), policy, options);
  }
  const bare = name;
  if (bare.startsWith('sha256:') || (bare.length === 64 && !/[/.:@]/.test(bare))) {
    if (policy === 'always') throw new SelkieError(`pull policy is always but image has been referred to by ID (${bare})`);
    return [lookupImage(engine.store, bare).image];
  }
  return fromRegistry(engine, untagged(bare), policy, options);
}

/** @throws SelkieError for what is no name */
function untagged(name: string): string {
  try {
    return withoutShadowedTag(name);
  } catch (cause) {
    throw new SelkieError(`parsing reference ${JSON.stringify(name)}: ${(cause as Error).message}`, { cause });
  }
}

async function fromRegistry(engine: EngineContext, name: string, policy: PullPolicy, options: PullOptions): Promise<LocalImage[]> {
  if (!options.allTags) return [await pullOne(engine, name, policy, options)];
  const { listTags } = await import('./tags.ts');
  const { domain, path } = parseReference(name);
  const images: LocalImage[] = [];
  for (const tag of await listTags({ domain, path }, transportOptions({ ...engine.options.copy, ...options })))
    images.push(await pullOne(engine, formatReference({ domain, path, tag }), policy, options));
  return images;
}

async function pullOne(engine: EngineContext, name: string, given: PullPolicy, options: PullOptions): Promise<LocalImage> {
  const custom = options.platform && Boolean(options.platform.os || options.platform.architecture || options.platform.variant);
  // images often claim a wrong platform: whoever asks for one gets what the registry has for it
  const policy = custom && given === 'missing' ? 'newer' : given;
  const local = findLocal(engine, name, options.platform);
  if (policy === 'never') {
    if (local) return local.image;
    throw new ImageNotKnown(name);
  }
  if (policy === 'missing' && local) return local.image;
  if (local?.image.id.startsWith(name)) {
    if (policy === 'always') throw new SelkieError(`pull policy is always but image has been referred to by ID (${name})`);
    return local.image;
  }

  const wanted = local && !custom ? local.name : name;
  let resolved: ResolvedName;
  try {
    resolved = await resolveShortName(wanted, shortNames(engine, options));
  } catch (error) {
    if (local && policy === 'newer') return local.image;
    throw error;
  }
  // One that cannot be read ends it before any registry is asked.
  loadPolicy({ ...engine.options.copy, ...options }.signaturePolicy);
  const { candidates, description, record } = resolved;
  const errors: Error[] = [];
  let described = false;
  for (const candidate of candidates) {
    const source = parseImageName(`docker://${formatReference(candidate)}`);
    try {
      if (policy === 'newer' && local && !(await hasNewer(engine, local.image, source, options))) continue;
      if (!described && description) announce(options, description);
      described = true;
      announce(options, `Trying to pull ${formatReference(candidate)}...`);
      await copyToStore(engine, candidate, options);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      errors.push(error);
      continue;
    }
    try {
      record?.(candidate);
    } catch (error) {
      reportError(`Error recording short-name alias ${JSON.stringify(formatReference(candidate))}: ${(error as Error).message}`);
    }
    return imageAt(engine.store, { reference: candidate });
  }
  if (local && policy === 'newer') return local.image;
  throw pullFailure(errors, policy);
}

async function copyToStore(engine: EngineContext, candidate: Reference, options: PullOptions): Promise<void> {
  const source = parseImageName(`docker://${formatReference(candidate)}`);
  const destination = storeReference(engine.store, { reference: candidate });
  try {
    await copyWithRetries(engine, source, destination, options, options.platform ? { source: { platform: options.platform } } : {});
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`unable to copy from source docker://${formatReference(candidate)}: ${cause.message}`, {
      cause,
      exitCode: cause.exitCode,
    });
  }
}

function shortNames(engine: EngineContext, options: PullOptions): ShortNameOptions {
  const { registriesConf, aliasFile, chooseShortName } = { ...engine.options.copy, ...options };
  return {
    ...(registriesConf ? { registriesConf } : {}),
    ...(aliasFile ? { aliasFile } : {}),
    ...(chooseShortName ? { choose: chooseShortName } : {}),
  };
}

/** The image that the name means here; one that cannot be read counts as absent, so that it is pulled anew. */
function findLocal(engine: EngineContext, name: string, platform: Partial<Platform> | undefined): Found | undefined {
  const host = hostPlatform();
  const different: Partial<Platform> = {
    ...(platform?.architecture && platform.architecture !== host.architecture ? { architecture: platform.architecture } : {}),
    ...(platform?.os && platform.os !== host.os ? { os: platform.os } : {}),
    ...(platform?.variant ? { variant: platform.variant } : {}),
  };
  try {
    const found = lookupImage(engine.store, name, { platform: different });
    if (!found.image.isManifestList) found.image.image();
    return found;
  } catch (error) {
    // of a configuration that makes no sense the resolution tells next
    if (!(error instanceof ImageNotKnown || error instanceof RegistriesConfError || error instanceof ImageItemMissing))
      reportError(`Looking up ${name} in local storage: ${(error as Error).message}`);
    return undefined;
  }
}

function pullFailure(errors: Error[], policy: PullPolicy): Error {
  if (errors.length === 0) return new SelkieError(`internal error: no image pulled (pull policy ${policy})`);
  if (errors.length === 1) return errors[0]!;
  const list = errors.map((error) => ` * ${error.message}`).join('\n');
  return new SelkieError(`${errors.length} errors occurred while pulling:\n${list}`, { cause: errors[0] });
}

function announce(options: PullOptions, text: string): void {
  if (options.onProgress) options.onProgress({ kind: 'text', text });
  else if (text.startsWith('WARNING: ')) warn(text.slice('WARNING: '.length));
}

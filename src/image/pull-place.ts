import { SelkieError } from '../errors.ts';
import { configDigestOf } from './config-digest.ts';
import { digestHex } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import type { LocalImage } from './local-image.ts';
import { loadPolicy } from './policy.ts';
import type { PullOptions } from './pull-options.ts';
import { formatReference, normalizeReference, type Reference } from './reference.ts';
import { copyWithRetries, transportOptions } from './store-copy.ts';
import { imageAt, storeReference } from './store-reference.ts';
import type { ImageReference, TransportOptions } from './transport.ts';
import type { DockerArchiveReference } from './transports/docker-archive-reference.ts';
import { normalizeName } from './typed-name.ts';

/** Copies what another place than a registry holds into the store, under the names that the place gives. */
export async function pullFromPlace(engine: EngineContext, source: ImageReference, options: PullOptions): Promise<LocalImage[]> {
  loadPolicy({ ...engine.options.copy, ...options }.signaturePolicy);
  return (await storeFromPlace(engine, source, options)).images;
}

export interface StoredFromPlace {
  readonly images: LocalImage[];
  /** What `podman load` prints: full names, `sha256:ID` for an image without one. */
  readonly names: string[];
}

/** @param all every image of a docker archive */
export async function storeFromPlace(
  engine: EngineContext,
  source: ImageReference,
  options: PullOptions,
  all = false,
): Promise<StoredFromPlace> {
  if (source.transport === 'docker-archive') {
    const { storeFromDockerArchive } = await import('./pull-docker-archive.ts');
    return storeFromDockerArchive(engine, source as DockerArchiveReference, options, all);
  }
  const reference = await nameFor(source);
  if (reference) return storeOne(engine, source, { reference }, formatReference(reference), options);
  const places = transportOptions({ ...engine.options.copy, ...options });
  const id = digestHex(await configDigestOf(source, { ...places, ...platformOf(options) }));
  return storeOne(engine, source, { id }, `sha256:${id}`, options);
}

export async function storeOne(
  engine: EngineContext,
  source: ImageReference,
  at: { reference?: Reference; id?: string },
  name: string,
  options: PullOptions,
): Promise<StoredFromPlace> {
  try {
    await copyWithRetries(engine, source, storeReference(engine.store, at), options, { source: platformOf(options) });
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    const place = `${source.transport}:${source.name}`;
    const doing = source.transport === 'docker-archive' ? '' : 'unable to perform copy: ';
    throw new SelkieError(`${doing}unable to copy from source ${place}: ${cause.message}`, { cause, exitCode: cause.exitCode });
  }
  return { images: [imageAt(engine.store, at)], names: [name] };
}

const platformOf = ({ platform }: PullOptions): Pick<TransportOptions, 'platform'> => (platform ? { platform } : {});

/** The name that the image gets in the store, or undefined when it is known by its id alone. */
async function nameFor(source: ImageReference): Promise<Reference | undefined> {
  switch (source.transport) {
    case 'docker-daemon':
      return normalizeReference(source.name);
    case 'oci': {
      const name = source.name.slice(source.name.indexOf(':') + 1);
      return source.name.includes(':') && name !== '' ? normalizeReference(name) : undefined;
    }
    case 'oci-archive': {
      const { archiveImageName } = await import('./archive-name.ts');
      const name = await archiveImageName(source);
      return name ? normalizeName(name) : undefined;
    }
    case 'containers-storage': {
      if (!source.dockerReference)
        throw new SelkieError(`could not get an image name for storage reference ${JSON.stringify(source.name)}`);
      return source.dockerReference;
    }
    default:
      return undefined;
  }
}

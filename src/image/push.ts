import type { Store } from '../storage/store.ts';
import type { EngineContext } from './engine-context.ts';
import { parseImageName } from './image-name.ts';
import { lookupImage } from './lookup.ts';
import { manifestDigest } from './manifest.ts';
import { dockerManifest } from './media-types.ts';
import { parsePlace } from './place.ts';
import type { PushOptions } from './pull-options.ts';
import { parseCanonicalReference, type Reference } from './reference.ts';
import { copyWithRetries } from './store-copy.ts';
import { storeReference } from './store-reference.ts';
import type { ImageReference } from './transport.ts';

/** Sends a local image away. @throws ImageNotKnown @returns the digest that its manifest has there */
export async function pushImage(
  engine: EngineContext,
  name: string,
  destination: string | undefined,
  options: PushOptions,
): Promise<string> {
  const found = lookupImage(engine.store, name);
  const target = destination || found.name;
  const reference = parseDestination(engine.store, target);
  // archives and docker's own format know gzip alone: a format from containers.conf does not apply there
  const gzipOnly = ['docker-archive', 'docker-daemon'].includes(reference.transport) || options.manifestType === dockerManifest;
  const compressionFormat = gzipOnly ? undefined : options.compressionFormat;
  const additionalTags = reference.transport === 'docker-archive' ? taggedName(found.name) : [];
  try {
    const result = await copyWithRetries(engine, storeReference(engine.store, { id: found.image.id }), reference, options, {
      ...(options.manifestType ? { manifestType: options.manifestType } : {}),
      ...(compressionFormat ? { compressionFormat } : {}),
      ...(options.compressionLevel === undefined ? {} : { compressionLevel: options.compressionLevel }),
      ...(options.forceCompression ? { forceCompression: true } : {}),
      destination: { additionalTags, ...(options.compressLayers ? { compressLayers: true } : {}) },
    });
    return manifestDigest(result.manifest);
  } finally {
    engine.emit('push', found.image.id, target);
  }
}

/** A place as typed: without a transport it is a registry's. */
export function parseDestination(store: Store, text: string): ImageReference {
  try {
    return parsePlace(store, text);
  } catch (error) {
    try {
      return parseImageName(`docker://${text}`);
    } catch {
      throw error;
    }
  }
}

function taggedName(name: string): Reference[] {
  try {
    const reference = parseCanonicalReference(name);
    return reference.tag === undefined ? [] : [reference];
  } catch {
    return [];
  }
}

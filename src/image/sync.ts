import { existsSync, mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { info, reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { BlobInfoCache } from './blob-info-cache.ts';
import { type CopyOptions, copyImage } from './copy.ts';
import type { Digest } from './digest.ts';
import { wrapped } from './errors.ts';
import { normalizeReference, type Reference } from './reference.ts';
import { withRetries } from './retry.ts';
import { listedToSync } from './sync-listed.ts';
import { directoryToSync, repositoryToSync, type SyncSource, syncedName } from './sync-sources.ts';
import { formatImageName, type ImageReference, type TransportOptions } from './transport.ts';
import { DirReference } from './transports/dir-reference.ts';
import { dockerReference } from './transports/docker-reference.ts';

export interface SyncOptions {
  readonly source: TransportOptions;
  readonly destination: TransportOptions;
  /** How each image is copied. */
  readonly copy: Omit<CopyOptions, 'source' | 'destination'>;
  readonly scoped: boolean;
  readonly suffix: string;
  readonly dryRun: boolean;
  readonly keepGoing: boolean;
  readonly retries: number;
  /** Milliseconds. */
  readonly retryDelay: number;
  /** Told of each image once it is at the destination. */
  readonly onCopied?: (destination: ImageReference, digest: Digest) => void;
}

export type SyncKind = 'docker' | 'dir' | 'yaml';

/** Copies many images. With `keepGoing`, what fails is reported and the rest is copied before it throws. */
export async function syncImages(
  from: SyncKind,
  source: string,
  to: 'docker' | 'dir',
  destination: string,
  options: SyncOptions,
): Promise<void> {
  const retry = { retries: options.retries, delay: options.retryDelay };
  const sources = await withRetries(() => findSources(from, source, options.source), retry);
  if (options.dryRun) warn('Running in dry-run mode');
  let copied = 0;
  let failed = 0;
  for (const each of sources) {
    for (const [index, image] of each.images.entries()) {
      const place = destinationOf(
        to,
        posix.join(destination, syncedName(image, each.base, options.scoped)) + options.suffix,
        options.dryRun,
      );
      const turn = `${index + 1}/${each.images.length}`;
      const fields = { from: formatImageName(image), to: formatImageName(place) };
      if (options.dryRun) {
        info(`Would have copied image ref ${turn}`, fields);
        copied++;
        continue;
      }
      info(`Copying image ref ${turn}`, fields);
      try {
        const digest = await copyOne(image, place, each, options);
        options.onCopied?.(place, digest);
        copied++;
      } catch (cause) {
        if (!(cause instanceof SelkieError)) throw cause;
        if (!options.keepGoing)
          throw new SelkieError(`Error copying ref ${JSON.stringify(formatImageName(image))}: ${cause.message}`, {
            cause,
            exitCode: cause.exitCode,
          });
        reportError(`Error copying ref ${JSON.stringify(formatImageName(image))}`, { error: cause.message });
        failed++;
      }
    }
  }
  info(
    options.dryRun
      ? `Would have synced ${copied} images from ${sources.length} sources`
      : `Synced ${copied} images from ${sources.length} sources`,
  );
  if (failed > 0) throw new SelkieError('Sync failed due to previous reported error(s) for one or more images');
}

async function findSources(kind: SyncKind, source: string, options: TransportOptions): Promise<SyncSource[]> {
  if (kind === 'yaml') return listedToSync(source, options);
  return [kind === 'dir' ? directoryToSync(source, options) : await repositoryToSync(source, options)];
}

async function copyOne(
  image: ImageReference,
  place: ImageReference,
  { options: source }: SyncSource,
  options: SyncOptions,
): Promise<Digest> {
  const copy = { blobInfo: new BlobInfoCache(), ...options.copy, source, destination: options.destination };
  const { digest } = await withRetries(() => copyImage(image, place, copy), { retries: options.retries, delay: options.retryDelay });
  return digest;
}

function destinationOf(kind: 'docker' | 'dir', name: string, dryRun: boolean): ImageReference {
  if (kind === 'docker') return dockerReference(parseDestination(name));
  if (existsSync(name)) throw new SelkieError(`Refusing to overwrite destination directory ${JSON.stringify(name)}`);
  if (!dryRun) mkdirSync(posix.dirname(name), { recursive: true, mode: 0o755 });
  return new DirReference(name);
}

function parseDestination(name: string): Reference {
  try {
    return normalizeReference(name);
  } catch (cause) {
    throw wrapped(`Cannot obtain a valid image reference for transport "docker" and reference ${JSON.stringify(`//${name}`)}`, cause);
  }
}

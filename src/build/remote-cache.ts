import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { BuildOptions } from './build-options.ts';
import type { CacheQuery } from './cache.ts';

/**
 * The tag under which the image of a step is kept in a repository: the digest of all that makes the step this one, as buildah computes it.
 * @param baseType media type of the manifest that the step is built upon; empty for nothing
 */
export function stepKey({ base, createdBy, addsLayer }: CacheQuery, baseType: string): string {
  const hash = new Bun.CryptoHasher('sha256');
  const line = (text: string): void => void hash.update(`${text}\n`);
  for (const diffId of base.diffIds) line(diffId);
  hash.update(String(addsLayer));
  line(createdBy);
  line(baseType);
  for (const entry of base.history) {
    line(entry.created_by ?? '');
    line(entry.author ?? '');
    line(entry.comment ?? '');
    line(shownTime(entry.created));
    line(String(entry.empty_layer ?? false));
  }
  return hash.digest('hex');
}

/** As Go prints a time: `2026-01-02 03:04:05.5 +0000 UTC`. */
function shownTime(text: string | undefined): string {
  const match = text === undefined ? null : /^(\S+)T([\d:]+)(?:\.(\d+?)0*)?Z$/.exec(text);
  return match ? `${match[1]} ${match[2]}${match[3] ? `.${match[3]}` : ''} +0000 UTC` : '<nil>';
}

/** Gets the image of a step from the first of --cache-from that has it. @returns where it was found */
export async function fetchCachedStep(images: ImageEngine, options: BuildOptions, key: string): Promise<string | undefined> {
  for (const repository of options.cacheFrom) {
    const name = `${repository}:${key}`;
    try {
      await images.pull(name, { ...options.pull, policy: 'newer' });
      return name;
    } catch (error) {
      // A cache that cannot be asked is a cache that has nothing.
      debug(`failed pulling cache from source ${name}: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** Puts the image of a step into every repository of --cache-to. @throws SelkieError */
export async function pushCachedStep(images: ImageEngine, options: BuildOptions, imageId: string, key: string): Promise<void> {
  const { policy: _policy, platform: _platform, ...copy } = options.pull;
  for (const repository of options.cacheTo) {
    const destination = `docker://${repository}:${key}`;
    try {
      await images.push(imageId, destination, copy);
    } catch (error) {
      throw new SelkieError(`failed pushing cache to ${JSON.stringify(destination)}: ${(error as Error).message}`, { cause: error });
    }
  }
}

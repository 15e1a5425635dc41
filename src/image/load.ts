import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { parseImageName } from './image-name.ts';
import { lookupImage } from './lookup.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { storeFromPlace } from './pull-place.ts';

/**
 * Loads all images of an OCI layout, an OCI archive, a docker archive or a directory of blobs, whichever the path turns out to be.
 * @returns their names, `sha256:ID` for one without
 */
export async function loadImages(engine: EngineContext, path: string, options: EngineCopyOptions): Promise<string[]> {
  const failures: string[] = [];
  for (const transport of ['oci', 'oci-archive', 'docker-archive', 'dir']) {
    debug(`-> Attempting to load ${JSON.stringify(path)} as ${transport}`);
    try {
      const { names } = await storeFromPlace(engine, parseImageName(`${transport}:${path}`), options, true);
      for (const name of names) engine.emit('loadfromarchive', lookupImage(engine.store, name).image.id, path);
      return names;
    } catch (error) {
      failures.push(`${transport}: ${(error as Error).message}`);
    }
  }
  const list = failures.map((failure) => `\n * ${failure}`).join('');
  throw new SelkieError(`payload does not match any of the supported image formats:${list}`);
}

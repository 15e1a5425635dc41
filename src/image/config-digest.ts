import { type Digest, digestOf } from './digest.ts';
import { parseImageManifest, parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
import type { ImageReference, TransportOptions } from './transport.ts';

/** The digest of an image's config, which is its id in the store. Of a list, that of the instance for the platform. */
export async function configDigestOf(reference: ImageReference, options: TransportOptions): Promise<Digest> {
  await using source = await reference.openSource(options);
  const raw = await source.manifest();
  const parsed = parseManifest(raw);
  const image =
    parsed.kind === 'list' ? parseImageManifest(await source.manifest(chooseInstance(parsed, options.platform).digest)) : parsed;
  return image.config?.digest ?? digestOf(image.bytes);
}

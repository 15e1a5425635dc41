import { SelkieError } from '../errors.ts';
import { type Digest, digestOf, parseDigest } from './digest.ts';
import { chooseInstance } from './local-instance.ts';
import { isListType } from './media-types.ts';
import type { ImageReference, TransportOptions } from './transport.ts';

/** The digest of an image's config, which is its id in the store. Of a list, that of the instance for the platform. */
export async function configDigestOf(reference: ImageReference, options: TransportOptions): Promise<Digest> {
  await using source = await reference.openSource(options);
  let { bytes, mediaType } = await source.manifest();
  let parsed = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  if (isListType(mediaType)) {
    const instance = chooseInstance(parsed, options.platform);
    if (instance === undefined) throw new SelkieError('no image found in manifest list for this platform');
    ({ bytes, mediaType } = await source.manifest(parseDigest(instance)));
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  }
  const digest = (parsed['config'] as { digest?: string } | undefined)?.digest;
  return digest === undefined ? digestOf(bytes) : parseDigest(digest);
}

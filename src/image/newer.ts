import { digestOf } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import type { LocalImage } from './local-image.ts';
import { chooseInstance } from './local-instance.ts';
import { isListType } from './media-types.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { transportOptions } from './store-copy.ts';
import type { ImageReference } from './transport.ts';

/** Whether the place has, for the local image's platform, another manifest than any that the local image has. */
export async function hasNewer(
  engine: EngineContext,
  local: LocalImage,
  remote: ImageReference,
  options: EngineCopyOptions,
): Promise<boolean> {
  const { os, architecture, variant } = local.image();
  await using source = await remote.openSource(transportOptions({ ...engine.options.copy, ...options }));
  const { bytes, mediaType } = await source.manifest();
  let digest: string | undefined = digestOf(bytes);
  if (isListType(mediaType)) {
    const platform = { ...(os ? { os } : {}), ...(architecture ? { architecture } : {}), ...(variant ? { variant } : {}) };
    digest = chooseInstance(JSON.parse(new TextDecoder().decode(bytes)), platform);
  }
  return digest === undefined || !local.digests.includes(digest);
}

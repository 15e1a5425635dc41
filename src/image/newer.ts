import type { EngineContext } from './engine-context.ts';
import type { LocalImage } from './local-image.ts';
import { manifestDigest, parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
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
  const raw = await source.manifest();
  const parsed = parseManifest(raw);
  const platform = { ...(os ? { os } : {}), ...(architecture ? { architecture } : {}), ...(variant ? { variant } : {}) };
  const digest = parsed.kind === 'list' ? chooseInstance(parsed, platform).digest : manifestDigest(raw.bytes);
  return !local.digests.includes(digest);
}

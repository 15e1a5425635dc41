import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import { ImageNotKnown, NotAManifestList } from './image-errors.ts';
import { parseImageName } from './image-name.ts';
import { findList } from './list-edit.ts';
import { inspectInstance, inspectList } from './list-inspect.ts';
import type { ListInstance } from './list-record.ts';
import { dockerManifest, isListType } from './media-types.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { formatReference } from './reference.ts';
import { resolveShortName } from './short-names.ts';
import { transportOptions } from './store-copy.ts';
import type { RawManifest } from './transport.ts';

/** A list of the store, else one of a registry. @throws SelkieError when there is neither */
export async function inspectManifest(engine: EngineContext, name: string, options: EngineCopyOptions): Promise<Record<string, unknown>> {
  try {
    return inspectList(findList(engine, name));
  } catch (error) {
    if (!(error instanceof ImageNotKnown || error instanceof NotAManifestList)) throw error;
  }
  const { bytes, mediaType } = await readRemoteManifest(engine, name, options);
  const text = new TextDecoder().decode(bytes);
  const parsed = JSON.parse(text) as Record<string, unknown>;
  if (mediaType === dockerManifest) {
    warn(`The manifest type ${mediaType} is not a manifest list but a single image.`);
    return { schemaVersion: 2, mediaType, manifests: null };
  }
  if (!isListType(mediaType))
    throw new SelkieError(
      `parsing manifest blob ${JSON.stringify(text)} as a ${JSON.stringify(mediaType)}: unsupported manifest list MIME type ${JSON.stringify(mediaType)}`,
    );
  return {
    schemaVersion: 2,
    mediaType,
    manifests: ((parsed['manifests'] as ListInstance[] | null) ?? []).map((entry) =>
      inspectInstance({ ...entry, platform: entry.platform ?? { architecture: '', os: '' } }, undefined),
    ),
    ...(parsed['annotations'] ? { annotations: parsed['annotations'] } : {}),
  };
}

/** The manifest that a short or full name has in its registry. @throws SelkieError */
export async function readRemoteManifest(engine: EngineContext, name: string, options: EngineCopyOptions): Promise<RawManifest> {
  const merged = { ...engine.options.copy, ...options };
  const { candidates } = await resolveShortName(name, merged.registriesConf ? { registriesConf: merged.registriesConf } : {});
  let failure = '';
  for (const candidate of candidates) {
    const place = `docker://${formatReference(candidate)}`;
    try {
      await using source = await parseImageName(place).openSource(transportOptions(merged));
      return await source.manifest();
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      const reason = `reading image ${JSON.stringify(place)}: ${error.message}`;
      failure = failure === '' ? reason : `tried ${reason}\n: ${failure}`;
    }
  }
  throw new SelkieError(failure);
}

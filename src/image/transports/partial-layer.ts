import { chunkedParts } from '../../archive/zstd-chunked/format.ts';
import type { PartsSource } from '../../archive/zstd-chunked/frame-reader.ts';
import { PartsUnusable } from '../../archive/zstd-chunked/parts-unusable.ts';
import { debug } from '../../diagnostics.ts';
import { type StagedLayer, stageLayer } from '../../storage/layer-staging.ts';
import type { LayerContent } from '../../storage/layers.ts';
import type { Store } from '../../storage/store.ts';
import { wrapped } from '../errors.ts';
import type { PartialBlob, PutBlobInfo, PutBlobOptions, ReadableBlob } from '../transport.ts';

/**
 * Fetches of a zstd:chunked layer what the store does not have, and unpacks the tar that all of it makes. The table of contents only
 * tells where content is found: that the tar is the layer's is judged by the digest of the whole, which the image's config names.
 * @returns undefined where the layer has to be fetched whole
 */
export async function fetchInParts(
  store: Store,
  blob: ReadableBlob,
  info: PutBlobInfo,
  { onBytes, diffId }: PutBlobOptions,
): Promise<{ staged: StagedLayer; content: LayerContent } | undefined> {
  if (store.options.pullOptions['enable_partial_images']?.toLowerCase() !== 'true' || !diffId || !('parts' in blob)) return undefined;
  const parts = chunkedParts(info.annotations);
  if (!parts || store.layers.driver.name !== 'overlay') return undefined;
  const { ChunkedLayer } = await import('../../archive/zstd-chunked/reader.ts');
  const { LayerFiles } = await import('../../storage/known-files.ts');
  const source: PartsSource = { parts: (ranges) => counted((blob as PartialBlob).parts(ranges), onBytes) };
  let staged: StagedLayer | undefined;
  try {
    const layer = await ChunkedLayer.open(parts, source);
    using known = new LayerFiles(store, layer.table.files.values());
    staged = await stageLayer(store);
    const content = await staged.unpack(layer.tar(known));
    staged.fetchedBy({ digest: parts.digest, json: layer.table.json });
    debug(`Retrieved partial blob ${info.digest}`);
    return { staged, content };
  } catch (error) {
    await staged?.[Symbol.asyncDispose]();
    if (!(error instanceof PartsUnusable)) throw wrapped(`partial pull of blob ${info.digest}`, error);
    debug(`Failed to retrieve partial blob: ${error.message}`);
    return undefined;
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, onBytes: PutBlobOptions['onBytes']): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

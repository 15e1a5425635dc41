import type { LayerDescriptor, ManifestJson } from './descriptor.ts';
import { type Digest, isDigest } from './digest.ts';
import { InvalidManifest } from './errors.ts';
import { goJson, sortKeys } from './go-json.ts';
import { dockerLayerGzip } from './media-types.ts';

/** The layer of a step that changed no files: an empty tar, as docker compressed it. Schema 1 has one for each such step. */
export const emptyLayer = Buffer.from('H4sIAAAJbogA/2IYBaNgFIxYAAgAAP//Lq+17wAEAAA=', 'base64');
export const emptyLayerDigest: Digest = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';

/** What a schema 1 manifest says about one layer, in docker's first format for images. */
interface V1Compatibility {
  readonly id?: string;
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly throwaway?: boolean;
  readonly container_config?: { readonly Cmd?: readonly string[] | null };
}

/** Layers of a schema 1 manifest, lowest first; sizes are unknown. @throws InvalidManifest */
export function schema1Layers(json: ManifestJson): LayerDescriptor[] {
  const layers = json['fsLayers'];
  if (!Array.isArray(layers) || layers.length === 0) throw new InvalidManifest('No FSLayers in manifest');
  const history = schema1History(json);
  if (history.length !== layers.length)
    throw new InvalidManifest(`length of history not equal to number of layers: ${history.length} != ${layers.length}`);
  return layers
    .map((layer: unknown, index) => {
      const digest = (layer as { blobSum?: unknown } | null)?.blobSum;
      if (!isDigest(digest))
        throw new InvalidManifest(`fsLayers: invalid checksum digest format: ${String(JSON.stringify(digest)).slice(0, 200)}`);
      return { mediaType: dockerLayerGzip, digest, size: -1, ...(history[index]!.throwaway ? { empty: true } : {}) };
    })
    .reverse();
}

/** Newest first, as in the manifest. */
function schema1History(json: ManifestJson): V1Compatibility[] {
  const history = json['history'];
  if (!Array.isArray(history)) throw new InvalidManifest('no history in manifest');
  return history.map((entry: unknown) => {
    const text = (entry as { v1Compatibility?: unknown } | null)?.v1Compatibility;
    if (typeof text !== 'string') throw new InvalidManifest('history without v1Compatibility');
    const parsed = parse(text);
    if (typeof parsed !== 'object' || parsed === null) throw new InvalidManifest('v1Compatibility is not an object');
    return parsed as V1Compatibility;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidManifest(`parsing v1Compatibility: ${String(cause)}`, { cause });
  }
}

/** How to run the image, and for what: all that docker once kept with its topmost layer. */
export function schema1Top(json: ManifestJson): Uint8Array {
  const [top] = json['history'] as { v1Compatibility: string }[];
  return new TextEncoder().encode(top!.v1Compatibility);
}

/** The schema 2 config that an image of schema 1 would have; its digest is the image's id. @param diffIds of the layers that are not empty */
export function schema1Config(json: ManifestJson, diffIds: readonly Digest[]): Uint8Array {
  const history = schema1History(json);
  const first = parse((json['history'] as { v1Compatibility: string }[])[0]!.v1Compatibility) as Record<string, unknown>;
  for (const dropped of ['id', 'parent', 'parent_id', 'layer_id', 'throwaway', 'Size']) delete first[dropped];
  first['history'] = history.reverse().map((each) => ({
    created: each.created ?? '0001-01-01T00:00:00Z',
    ...(each.author ? { author: each.author } : {}),
    ...(each.container_config?.Cmd?.length ? { created_by: each.container_config.Cmd.join(' ') } : {}),
    ...(each.comment ? { comment: each.comment } : {}),
    ...(each.throwaway ? { empty_layer: true } : {}),
  }));
  first['rootfs'] = { type: 'layers', diff_ids: diffIds };
  return new TextEncoder().encode(goJson(sortKeys(first)));
}

/** What a signed schema 1 manifest's signatures cover, or undefined for any other document. */
export function unsignedSchema1(bytes: Uint8Array): Uint8Array | undefined {
  const text = new TextDecoder('latin1').decode(bytes);
  if (!text.includes('"signatures"') || !text.includes('"protected"')) return undefined;
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as { schemaVersion?: number; signatures?: { protected?: string }[] };
    const protection = json.signatures?.[0]?.protected;
    if (json.schemaVersion !== 1 || typeof protection !== 'string') return undefined;
    const { formatLength, formatTail } = JSON.parse(Buffer.from(protection, 'base64url').toString()) as {
      formatLength?: unknown;
      formatTail?: unknown;
    };
    if (typeof formatLength !== 'number' || typeof formatTail !== 'string' || formatLength < 0 || formatLength > bytes.length)
      return undefined;
    return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, 'base64url')]);
  } catch {
    return undefined;
  }
}

/** Whether nothing signs it, as after its layers were changed. */
export const isUnsigned = ({ signatures }: ManifestJson): boolean => !Array.isArray(signatures) || signatures.length === 0;

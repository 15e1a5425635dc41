import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Descriptor } from '../descriptor.ts';
import { type Digest, digestAlgorithm, digestHex } from '../digest.ts';
import { ImageMissing, InvalidManifest, ManifestNotFound } from '../errors.ts';
import { manifestLimit, parseDescriptor, parseJsonObject } from '../manifest.ts';
import { isListType, ociManifest } from '../media-types.ts';
import type { LayoutName } from './oci-reference.ts';

export const refNameAnnotation = 'org.opencontainers.image.ref.name';

export interface LayoutIndex {
  readonly json: Record<string, unknown>;
  readonly manifests: readonly Descriptor[];
}

/** Reads index.json. @throws ENOENT, InvalidManifest */
export function readLayoutIndex(path: string): LayoutIndex {
  const file = join(path, 'index.json');
  return parseLayoutIndex(readLimited(file));
}

export function parseLayoutIndex(bytes: Uint8Array): LayoutIndex {
  const json = parseJsonObject(bytes, 'index.json');
  const manifests = json['manifests'] ?? [];
  if (!Array.isArray(manifests)) throw new InvalidManifest('index.json: manifests is not a list');
  return { json, manifests: manifests.map((each) => parseDescriptor(each, 'index.json')) };
}

function readLimited(path: string): Uint8Array {
  const size = sizeOf(path);
  if (size > manifestLimit) throw new InvalidManifest(`${path} of ${size} bytes exceeds the limit of ${manifestLimit}`);
  return readFileSync(path);
}

/** @throws ENOENT, ManifestNotFound when the layout is no directory */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOTDIR') throw cause;
    throw new ManifestNotFound(`open ${path}: not a directory`, { cause });
  }
}

/** The entry that a name means. @throws ManifestNotFound */
export function chooseDescriptor(index: LayoutIndex, layout: LayoutName): Descriptor {
  const { manifests } = index;
  if (layout.index !== undefined) {
    const chosen = manifests[layout.index];
    if (!chosen) throw new ManifestNotFound(`index ${layout.index} is too large, only ${manifests.length} entries available`);
    return chosen;
  }
  if (layout.image === undefined) {
    if (manifests.length === 1) return manifests[0]!;
    throw new ManifestNotFound('more than one image in oci, choose an image');
  }
  const unsupported: string[] = [];
  for (const descriptor of manifests) {
    if (descriptor.annotations?.[refNameAnnotation] !== layout.image) continue;
    if (descriptor.mediaType === ociManifest || isListType(descriptor.mediaType)) return descriptor;
    unsupported.push(JSON.stringify(descriptor.mediaType));
  }
  if (unsupported.length > 0)
    throw new ManifestNotFound(
      `reference ${JSON.stringify(layout.image)} matches unsupported manifest MIME types [${unsupported.join(' ')}]`,
    );
  throw new ImageMissing(`no descriptor found for reference ${JSON.stringify(layout.image)}`);
}

/** Path of a blob below a layout, or in the directory that several share. */
export function layoutBlobPath(path: string, digest: Digest, sharedBlobDir?: string): string {
  return join(sharedBlobDir ?? join(path, 'blobs'), digestAlgorithm(digest), digestHex(digest));
}

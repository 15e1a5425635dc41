import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { goJson } from '../go-json.ts';
import { parseManifest } from '../manifest.ts';
import { chooseDescriptor, layoutBlobPath, readLayoutIndex } from './oci-layout.ts';
import type { LayoutName } from './oci-reference.ts';

/** Takes an image out of a layout, with the blobs that no other image of it needs. */
export function deleteFromLayout(layout: LayoutName, sharedBlobDir?: string): void {
  const index = readLayoutIndex(layout.path);
  const chosen = chooseDescriptor(index, layout);
  const position = index.manifests.indexOf(chosen);
  const kept = index.manifests.filter((_, each) => each !== position);
  if (sharedBlobDir === undefined) {
    const needed = new Set(kept.flatMap((descriptor) => blobsOf(layout.path, descriptor)));
    for (const digest of new Set(blobsOf(layout.path, chosen)))
      if (!needed.has(digest)) rmSync(layoutBlobPath(layout.path, digest), { force: true });
  }
  const manifests = (index.json['manifests'] as unknown[]).filter((_, each) => each !== position);
  writeFileSync(join(layout.path, 'index.json'), `${goJson({ ...index.json, manifests })}\n`);
}

function blobsOf(path: string, { digest, mediaType }: Descriptor): Digest[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(layoutBlobPath(path, digest));
  } catch {
    return [digest];
  }
  const parsed = parseManifest({ bytes, mediaType });
  if (parsed.kind === 'list') return [digest, ...parsed.instances.flatMap((instance) => blobsOf(path, instance))];
  return [digest, ...(parsed.config ? [parsed.config.digest] : []), ...parsed.layers.map((layer) => layer.digest)];
}

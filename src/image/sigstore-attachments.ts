import { SelkieError } from '../errors.ts';
import type { RegistryClient } from '../registry/client.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Descriptor } from './descriptor.ts';
import { type Digest, digestAlgorithm, digestOf } from './digest.ts';
import { DigestMismatch } from './errors.ts';
import { goJson, sortKeys } from './go-json.ts';
import { configLimit, type ImageManifest, parseImageManifest, parseJsonObject } from './manifest.ts';
import { build } from './manifest-convert.ts';
import { acceptedManifests, normalizeManifestType, ociConfig, ociManifest } from './media-types.ts';
import type { Reference } from './reference.ts';
import { type SigstoreSignature, serializeSignature, signatureLimit } from './signature/signature.ts';

/** More than this is not read for one image. */
const attachmentsLimit = 32 << 20;

/** Everything that is attached to an image in its own repository, in the form in which signatures are stored. Format: cosign's tags. */
export async function attachedSignatures(client: RegistryClient, { path }: Reference, digest: Digest): Promise<Uint8Array[]> {
  const manifest = await attachmentManifest(client, path, digest);
  const signatures: Uint8Array[] = [];
  let bytes = 0;
  for (const layer of manifest?.layers ?? []) {
    const payload = await fetchSmall(client, path, layer, signatureLimit);
    bytes += payload.length;
    if (bytes > attachmentsLimit)
      throw new SelkieError(`${path}: the attachments of ${digest} exceed the limit of ${attachmentsLimit} bytes`);
    const { mediaType, annotations = {} } = layer;
    signatures.push(serializeSignature({ format: 'sigstore-json', mediaType, payload, annotations }));
  }
  return signatures;
}

/** Attaches signatures to an image; those that are there already stay, and are not doubled. */
export async function attachSignatures(
  client: RegistryClient,
  { path }: Reference,
  digest: Digest,
  signatures: readonly SigstoreSignature[],
): Promise<void> {
  const manifest = await attachmentManifest(client, path, digest);
  const config = manifest?.config ? parseJsonObject(await fetchSmall(client, path, manifest.config, configLimit), 'config') : emptyConfig();
  const layers: Descriptor[] = [...(manifest?.layers ?? [])];
  const added: Digest[] = [];
  for (const signature of signatures) {
    const layer = {
      ...(await upload(client, path, signature.payload, signature.mediaType)),
      annotations: sortKeys({ ...signature.annotations }),
    };
    if (layers.some((each) => goJson(comparable(each)) === goJson(comparable(layer)))) continue;
    layers.push(layer);
    added.push(layer.digest);
  }
  const rootfs = config['rootfs'] as { diff_ids?: unknown[] } | undefined;
  const diffIds = [...(rootfs?.diff_ids ?? []), ...added];
  const newConfig = await upload(
    client,
    path,
    Buffer.from(goJson({ ...config, rootfs: { type: 'layers', diff_ids: diffIds } })),
    ociConfig,
  );
  const { bytes } = build(ociManifest, newConfig, layers, manifest?.json['annotations'] as Record<string, string> | undefined);
  await client.putManifest(path, attachmentTag(digest), bytes, ociManifest);
}

function comparable({ mediaType, digest, size, annotations = {} }: Descriptor): unknown {
  return { mediaType, digest, size, annotations: sortKeys({ ...annotations }) };
}

function attachmentTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`;
}

function emptyConfig(): Record<string, unknown> {
  return { architecture: '', os: '', config: {} };
}

async function attachmentManifest(client: RegistryClient, path: string, digest: Digest): Promise<ImageManifest | undefined> {
  const tag = attachmentTag(digest);
  let fetched: Awaited<ReturnType<RegistryClient['manifest']>>;
  try {
    fetched = await client.manifest(path, tag, acceptedManifests);
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  }
  const mediaType = normalizeManifestType(fetched.contentType);
  if (mediaType !== ociManifest)
    throw new SelkieError(`unexpected MIME type for sigstore attachment manifest ${path}:${tag}: ${JSON.stringify(mediaType)}`);
  return parseImageManifest({ bytes: fetched.bytes, mediaType });
}

async function fetchSmall(client: RegistryClient, path: string, { digest }: Descriptor, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (await client.blob(path, digest)).stream()) {
    size += chunk.length;
    if (size > limit) throw new SelkieError(`reading blob ${digest} in ${path}: exceeded maximum allowed size of ${limit} bytes`);
    chunks.push(Uint8Array.prototype.slice.call(chunk));
  }
  const bytes = Buffer.concat(chunks);
  const actual = digestOf(bytes, digestAlgorithm(digest));
  if (actual !== digest) throw new DigestMismatch(digest, actual);
  return bytes;
}

async function upload(client: RegistryClient, path: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  if ((await client.blobSize(path, digest, 'pull,push')) === undefined)
    await client.uploadBlob(path, { size: bytes.length, digest, data: bytes, finalDigest: () => digest });
  return { mediaType, digest, size: bytes.length };
}

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzip } from '../archive/gzip.ts';
import { sha256Hex } from '../archive/sha256.ts';
import { tarTree } from '../archive/tree-tar.ts';
import { SelkieError } from '../errors.ts';
import { copyImage } from './copy.ts';
import { parseImageName } from './image-name.ts';
import { manifestDigest } from './manifest.ts';
import { ociManifest } from './media-types.ts';
import { isShortName } from './reference.ts';
import type { ImageReference, TransportOptions } from './transport.ts';

const configType = 'application/vnd.oci.source.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

interface SourceManifest {
  schemaVersion: 2;
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[] | null;
}

/**
 * Makes a source image without sources: an OCI layout whose config says that it is one. @param created when; left out where nobody
 * is to know @throws SelkieError for a path where something is
 */
export function createSourceImage(path: string, { author, created }: { author?: string; created?: string }): void {
  if (existsSync(path)) throw new SelkieError(`creating source image: ${JSON.stringify(path)} already exists`);
  mkdirSync(join(path, 'blobs', 'sha256'), { recursive: true, mode: 0o755 });
  writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}');
  const config = putBlob(path, configType, JSON.stringify({ ...(created ? { created } : {}), ...(author ? { author } : {}) }));
  putManifest(path, { schemaVersion: 2, mediaType: ociManifest, config, layers: null });
}

/** Adds a file or directory as a layer. @throws SelkieError */
export async function addToSourceImage(path: string, artifact: string, annotations: Record<string, string>): Promise<void> {
  for (const needed of [path, artifact]) if (!existsSync(needed)) throw new SelkieError(`lstat ${needed}: no such file or directory`);
  const { manifest, digest } = readLayout(path);
  const layer = await putTar(path, artifact);
  const described = { ...layer, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  putManifest(path, { ...manifest, layers: [...(manifest.layers ?? []), described] });
  rmSync(blobPath(path, digest), { force: true });
}

/** Gets a source image from a registry into a new layout. @throws SelkieError */
export async function pullSourceImage(name: string, path: string, registry: TransportOptions): Promise<void> {
  if (existsSync(path)) throw new SelkieError(`${JSON.stringify(path)} already exists`);
  const from = remote(name);
  await using source = await from.openSource(registry);
  const { config } = JSON.parse(new TextDecoder().decode((await source.manifest()).bytes)) as Partial<SourceManifest>;
  if (config?.mediaType !== configType)
    throw new SelkieError(
      `invalid media type of image config ${JSON.stringify(config?.mediaType ?? '')} (expected: ${JSON.stringify(configType)})`,
    );
  await copyImage(from, parseImageName(`oci:${path}`), { source: registry });
}

/** Sends a source image to a registry. @returns the digest of its manifest there @throws SelkieError */
export async function pushSourceImage(path: string, name: string, registry: TransportOptions): Promise<string> {
  const { manifest } = await copyImage(parseImageName(`oci:${path}`), remote(name), { destination: registry });
  return manifestDigest(manifest);
}

function remote(name: string): ImageReference {
  if (isShortName(name))
    throw new SelkieError(
      `pulling source images by short name (${JSON.stringify(name)}) is not supported, please use a fully-qualified name`,
    );
  return parseImageName(`docker://${name}`);
}

const blobPath = (path: string, digest: string): string => join(path, 'blobs', 'sha256', digest.replace(/^sha256:/, ''));

function readLayout(path: string): { manifest: SourceManifest; digest: string } {
  try {
    const index = JSON.parse(readFileSync(join(path, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
    const { digest } = index.manifests[0]!;
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`invalid digest ${JSON.stringify(digest)}`);
    return { manifest: JSON.parse(readFileSync(blobPath(path, digest), 'utf8')) as SourceManifest, digest };
  } catch (cause) {
    throw new SelkieError(`reading source image ${path}: ${(cause as Error).message}`, { cause });
  }
}

function putBlob(path: string, mediaType: string, text: string): Descriptor {
  const digest = `sha256:${sha256Hex(text)}`;
  writeFileSync(blobPath(path, digest), text, { mode: 0o644 });
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

function putManifest(path: string, manifest: SourceManifest): void {
  const descriptor = putBlob(path, ociManifest, JSON.stringify(manifest));
  const temporary = join(path, `index.json.${process.pid}`);
  writeFileSync(temporary, JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }), { mode: 0o644 });
  renameSync(temporary, join(path, 'index.json'));
}

async function putTar(path: string, artifact: string): Promise<Descriptor> {
  const isDirectory = statSync(artifact).isDirectory();
  const name = basename(artifact);
  const tar = isDirectory ? tarTree(artifact) : tarTree(dirname(artifact), { skip: (file) => file.name !== name });
  const hash = new Bun.CryptoHasher('sha256');
  const temporary = join(path, 'blobs', `layer.${process.pid}`);
  const fd = openSync(temporary, 'wx', 0o644);
  let size = 0;
  try {
    for await (const chunk of gzip(tar, 6)) {
      hash.update(chunk);
      size += chunk.length;
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    }
  } finally {
    closeSync(fd);
  }
  const digest = `sha256:${hash.digest('hex')}`;
  renameSync(temporary, blobPath(path, digest));
  return { mediaType: layerType, digest, size };
}

import { type Digest, isDigest } from './digest.ts';
import { InvalidManifest } from './errors.ts';
import type { OciImage } from './image-config.ts';
import { type ImageManifest, manifestDigest, parseManifest } from './manifest.ts';
import { chooseInstance } from './manifest-list.ts';
import { readConfig } from './read-config.ts';
import { repositoryName } from './reference.ts';
import { schema1Config, schema1Top } from './schema1.ts';
import type { ImageReference, ImageSource, RawManifest, TransportOptions } from './transport.ts';

/** What `skopeo inspect` shows; keys in its order. */
export interface RemoteInspect {
  /** Only of an image of a registry. */
  Name?: string;
  Tag?: string;
  Digest: Digest;
  RepoTags: string[];
  Created: string | null;
  DockerVersion: string;
  Labels: Record<string, string> | null;
  Architecture: string;
  Os: string;
  Variant?: string;
  Author?: string;
  Layers: string[] | null;
  LayersData: { MIMEType: string; Digest: string; Size: number; Annotations: Record<string, string> | null }[] | null;
  Env: string[] | null;
}

export interface OpenedImage {
  /** The manifest or list as it is there. */
  top: RawManifest;
  /** The image for the platform. */
  manifest: ImageManifest;
  config: Uint8Array | undefined;
}

/** The config as OCI's specification has it, whatever else docker keeps in it. @throws InvalidManifest */
export function remoteConfig({ config, manifest }: OpenedImage): OciImage {
  const { ociConfigOf } = require('./manifest-convert.ts') as typeof import('./manifest-convert.ts');
  if (config) return ociConfigOf(config) as OciImage;
  if (manifest.format !== 'v2s1') throw new InvalidManifest('the image has no configuration');
  // Without the layers nobody knows what they are uncompressed.
  const diffIds = manifest.layers.filter(({ empty }) => !empty).map(() => '' as Digest);
  return ociConfigOf(schema1Config(manifest.json, diffIds)) as OciImage;
}

/** Reads manifest and config; of a list those of the image for the platform. */
export async function readImageAt(source: ImageSource, options: TransportOptions): Promise<OpenedImage> {
  const top = await source.manifest();
  let parsed = parseManifest(top);
  if (parsed.kind === 'list') {
    const { digest } = chooseInstance(parsed, options.platform);
    parsed = parseManifest(await source.manifest(digest));
    if (parsed.kind === 'list') throw new InvalidManifest(`instance ${digest} of the list is a list itself`);
  }
  return { top, manifest: parsed, config: parsed.config ? await readConfig(source, parsed) : undefined };
}

/** The facts of an image that is not in a store. @param tags of its repository */
export function describeRemote(reference: ImageReference, image: OpenedImage, tags: string[]): RemoteInspect {
  const { format, json } = image.manifest;
  const bytes = image.config ?? (format === 'v2s1' ? schema1Top(json) : undefined);
  const config = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as OciImage) : {};
  const name = reference.dockerReference;
  const layers = image.manifest.layers.filter(({ digest }) => isDigest(digest));
  return {
    ...(name && reference.transport === 'docker' ? { Name: repositoryName(name) } : {}),
    ...(format === 'v2s1' && json['tag'] ? { Tag: String(json['tag']) } : {}),
    Digest: manifestDigest(image.top.bytes),
    RepoTags: tags,
    Created: config.created ?? null,
    DockerVersion: config.docker_version ?? '',
    Labels: config.config?.Labels ?? null,
    Architecture: config.architecture ?? '',
    Os: config.os ?? '',
    ...(config.variant ? { Variant: config.variant } : {}),
    ...(config.author ? { Author: config.author } : {}),
    Layers: layers.map(({ digest }) => digest),
    LayersData: layers.map(({ digest, size, mediaType, annotations }) => ({
      MIMEType: mediaType ?? '',
      Digest: digest,
      Size: size,
      Annotations: annotations ?? null,
    })),
    Env: config.config?.Env ?? null,
  };
}

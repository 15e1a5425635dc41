import { decompress } from '../../archive/compression.ts';
import { type Digest, digestOf, isDigest } from '../digest.ts';
import { InvalidManifest, ManifestNotFound } from '../errors.ts';
import { goJson } from '../go-json.ts';
import { configLimit, isObject, manifestLimit } from '../manifest.ts';
import { dockerConfig, dockerLayerGzip, dockerManifest } from '../media-types.ts';
import { formatReference, normalizeReference, withDefaultTag } from '../reference.ts';
import type { BlobInfo, ImageSource, RawManifest, ReadableBlob, TransportOptions } from '../transport.ts';
import { ArchiveFile } from './archive-file.ts';
import type { DockerArchiveReference } from './docker-archive-reference.ts';

/** One image of manifest.json. */
export interface ArchivedImage {
  config: string;
  repoTags: string[];
  layers: string[];
}

/** The images that an archive says it holds. @throws InvalidManifest, ManifestNotFound */
export function archivedImages(archive: ArchiveFile): ArchivedImage[] {
  const text = new TextDecoder().decode(archive.read('manifest.json', manifestLimit));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidManifest('decoding tar manifest.json: it is not JSON', { cause });
  }
  if (!Array.isArray(parsed)) throw new InvalidManifest('decoding tar manifest.json: it is not a list');
  return parsed.map(readImage);
}

function readImage(entry: unknown): ArchivedImage {
  const texts = (value: unknown): string[] => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
      throw new InvalidManifest('manifest.json: a list of texts was expected');
    return value;
  };
  if (!isObject(entry) || typeof entry['Config'] !== 'string') throw new InvalidManifest('manifest.json: an image without a config');
  return { config: entry['Config'], repoTags: texts(entry['RepoTags']), layers: texts(entry['Layers']) };
}

/** Which image is meant is looked up when it is read. @throws ManifestNotFound */
export async function openDockerArchiveSource(reference: DockerArchiveReference, options: TransportOptions): Promise<DockerArchiveSource> {
  const shared = reference.shared?.reader;
  const archive = shared ?? (await ArchiveFile.open(reference.path, options.temporaryDirectory));
  return new DockerArchiveSource(reference, archive, shared === undefined);
}

/** @throws ManifestNotFound where there are several, and nobody said which */
export function onlyImage(images: readonly unknown[]): void {
  if (images.length !== 1) throw new ManifestNotFound(`Unexpected tar manifest.json: expected 1 item, got ${images.length}`);
}

function choose(images: ArchivedImage[], { dockerReference, index }: DockerArchiveReference): ArchivedImage {
  if (index !== undefined) {
    const image = images[index];
    if (!image) throw new ManifestNotFound(`Invalid source index @${index}, only ${images.length} manifest items available`);
    return image;
  }
  if (dockerReference) {
    const wanted = formatReference(dockerReference);
    const image = images.find(({ repoTags }) =>
      repoTags.some((tag) => formatReference(withDefaultTag(normalizeReference(tag))) === wanted),
    );
    if (!image) throw new ManifestNotFound(`Tag ${JSON.stringify(wanted)} not found`);
    return image;
  }
  onlyImage(images);
  return images[0]!;
}

interface ArchivedLayer {
  digest: Digest;
  /** Uncompressed. */
  size: number;
  member: string;
  isCompressed: boolean;
}

/** An archived image as a v2s2 one: its layers are named by their diffIDs and given uncompressed. */
class DockerArchiveSource implements ImageSource {
  readonly parallel = true;
  private layers: ArchivedLayer[] | undefined;
  private chosen: { image: ArchivedImage; config: Uint8Array; configDigest: Digest } | undefined;

  constructor(
    readonly reference: DockerArchiveReference,
    private readonly archive: ArchiveFile,
    private readonly ownsArchive: boolean,
  ) {}

  /** @throws ManifestNotFound, InvalidManifest */
  private choice(): NonNullable<DockerArchiveSource['chosen']> {
    if (!this.chosen) {
      const image = choose(archivedImages(this.archive), this.reference);
      const config = this.archive.read(image.config, configLimit);
      this.chosen = { image, config, configDigest: digestOf(config) };
    }
    return this.chosen;
  }

  async manifest(): Promise<RawManifest> {
    const { config, configDigest } = this.choice();
    const layers = await this.readLayers();
    const json = {
      schemaVersion: 2,
      mediaType: dockerManifest,
      config: { mediaType: dockerConfig, size: config.length, digest: configDigest },
      // the field calls them so though they are not compressed, and the digest of this manifest is the image's
      layers: layers.map(({ digest, size }) => ({ mediaType: dockerLayerGzip, size, digest })),
    };
    return { bytes: Buffer.from(goJson(json)), mediaType: dockerManifest };
  }

  async blob(info: BlobInfo): Promise<ReadableBlob> {
    const { config, configDigest } = this.choice();
    if (info.digest === configDigest) {
      return {
        size: config.length,
        async *stream() {
          yield config;
        },
      };
    }
    const layer = (await this.readLayers()).find(({ digest }) => digest === info.digest);
    if (!layer) throw new ManifestNotFound(`unknown blob ${info.digest}`);
    const member = this.archive.blob(layer.member);
    return layer.isCompressed ? { size: layer.size, stream: () => decompress(member.stream()) } : member;
  }

  async signatures(): Promise<Uint8Array[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ownsArchive) this.archive[Symbol.dispose]();
  }

  private async readLayers(): Promise<ArchivedLayer[]> {
    if (this.layers) return this.layers;
    const { image, config } = this.choice();
    const diffIds = diffIdsOf(config);
    if (diffIds.length !== image.layers.length) {
      throw new InvalidManifest(`Inconsistent layer count: ${image.layers.length} in manifest, ${diffIds.length} in config`);
    }
    const sizes = new Map<string, { size: number; isCompressed: boolean }>();
    for (const member of new Set(image.layers)) sizes.set(member, await this.sizeOf(member));
    this.layers = image.layers.map((member, i) => ({ digest: diffIds[i]!, member, ...sizes.get(member)! }));
    return this.layers;
  }

  /** A compressed layer has to be read once to know how large it is. */
  private async sizeOf(member: string): Promise<{ size: number; isCompressed: boolean }> {
    const blob = this.archive.blob(member);
    const { detectCompression } = await import('../../archive/compression.ts');
    for await (const first of blob.stream()) {
      if (detectCompression(first) === 0) break;
      let size = 0;
      for await (const chunk of decompress(blob.stream())) size += chunk.length;
      return { size, isCompressed: true };
    }
    return { size: blob.size, isCompressed: false };
  }
}

function diffIdsOf(config: Uint8Array): Digest[] {
  let rootfs: unknown;
  try {
    rootfs = (JSON.parse(new TextDecoder().decode(config)) as { rootfs?: unknown }).rootfs;
  } catch (cause) {
    throw new InvalidManifest('the config of the archive is not JSON', { cause });
  }
  const ids = isObject(rootfs) ? (rootfs['diff_ids'] ?? []) : [];
  if (!Array.isArray(ids) || !ids.every(isDigest)) throw new InvalidManifest('the config of the archive has no valid list of diff_ids');
  return ids;
}

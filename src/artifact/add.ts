import { existsSync, mkdirSync, readSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { SelkieError } from '../errors.ts';
import { type Digest, digestOf } from '../image/digest.ts';
import { goJson, sortKeys } from '../image/go-json.ts';
import { type LayerDescriptor, manifestDigest } from '../image/manifest.ts';
import { ociEmpty, ociManifest } from '../image/media-types.ts';
import { openBlobFile } from '../image/transports/blob-file.ts';
import { readLayoutIndex, refNameAnnotation } from '../image/transports/oci-layout.ts';
import { goTimeNow } from '../storage/go-json.ts';
import { type Artifact, chooseArtifact, titleAnnotation } from './artifact.ts';
import { type ArtifactDestination, artifactReference } from './artifact-reference.ts';
import { type ArtifactStore, refuseEmpty } from './artifact-store.ts';
import { ArtifactExists, ArtifactFileExists, ArtifactNotKnown } from './errors.ts';
import { sniffContentType, sniffedBytes } from './sniff-content-type.ts';

export interface AddOptions {
  /** The artifact's own type, where it is made now. */
  readonly type?: string;
  /** Media type of the files; default: by what they begin with. */
  readonly fileType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Add the files to an artifact that is there already. */
  readonly append?: boolean;
  /** Take the place of an artifact of that name. */
  readonly replace?: boolean;
}

const emptyConfig = '{}';

/** Puts files into an artifact of the store. It becomes visible at the end, at once. @throws ArtifactExists, ArtifactNotKnown, ArtifactFileExists */
export async function addArtifact(store: ArtifactStore, name: string, files: readonly string[], options: AddOptions): Promise<Digest> {
  if (options.replace) removeIfThere(store, name);
  refuseEmpty(name);
  if (options.append && options.type) throw new SelkieError('append option is not compatible with type option');
  const older = options.append ? chooseArtifact(store.list(), name) : refuseExisting(store.list(), name);
  refuseSameTitles(older, files);

  await using destination = artifactReference(store, older?.name || name).destination();
  const layers: LayerDescriptor[] = [...(older?.layers ?? [])];
  for (const file of files) layers.push(await putFile(destination, file, options, layers));
  const bytes = Buffer.from(goJson({ ...(older?.manifest ?? newManifest(options)), layers }));
  putEmptyConfig(store);
  await destination.putManifest({ bytes, mediaType: ociManifest });
  destination.commitUnder(
    () => {
      if (!older) refuseExisting(store.list(), name);
    },
    () => older && dropNameless(store, older.digest),
  );
  return manifestDigest(bytes);
}

function removeIfThere(store: ArtifactStore, name: string): void {
  try {
    store.remove(name);
  } catch (error) {
    if (!(error instanceof ArtifactNotKnown)) throw error;
  }
}

function refuseExisting(artifacts: readonly Artifact[], name: string): undefined {
  try {
    chooseArtifact(artifacts, name);
  } catch (error) {
    if (error instanceof ArtifactNotKnown) return undefined;
    throw error;
  }
  throw new ArtifactExists(name);
}

function refuseSameTitles(older: Artifact | undefined, files: readonly string[]): void {
  const titles = new Set(older?.layers.map((layer) => layer.annotations?.[titleAnnotation]));
  for (const title of files.map((file) => basename(file))) {
    if (titles.has(title)) throw new ArtifactFileExists(title);
    titles.add(title);
  }
}

async function putFile(
  destination: ArtifactDestination,
  file: string,
  { annotations = {}, fileType }: AddOptions,
  others: readonly LayerDescriptor[],
): Promise<LayerDescriptor> {
  const title = annotations[titleAnnotation] ?? basename(file);
  if (titleAnnotation in annotations && others.some((layer) => layer.annotations?.[titleAnnotation] === title))
    throw new SelkieError(`duplicate layers ${titleAnnotation} labels within an artifact not allowed`);
  const blob = openFile(file);
  const mediaType = fileType || sniffContentType(beginningOf(file));
  const { digest, size } = await destination.putBlob(blob, { size: -1 }, {});
  return { mediaType, digest, size, annotations: sortKeys({ ...annotations, [titleAnnotation]: title }) };
}

function openFile(file: string): ReturnType<typeof openBlobFile> {
  try {
    return openBlobFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new SelkieError(`open ${file}: no such file or directory`, { cause });
  }
}

function beginningOf(file: string): Uint8Array {
  const { openSync, closeSync } = require('node:fs') as typeof import('node:fs');
  const fd = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(sniffedBytes);
    return bytes.subarray(0, readSync(fd, bytes, 0, sniffedBytes, 0));
  } finally {
    closeSync(fd);
  }
}

function newManifest({ type, annotations }: AddOptions): Record<string, unknown> {
  return {
    schemaVersion: 2,
    mediaType: ociManifest,
    ...(type ? { artifactType: type } : {}),
    config: {
      mediaType: ociEmpty,
      digest: digestOf(emptyConfig),
      size: emptyConfig.length,
      data: Buffer.from(emptyConfig).toString('base64'),
    },
    layers: [],
    annotations: sortKeys({ ...annotations, 'org.opencontainers.image.created': goTimeNow() }),
  };
}

function putEmptyConfig(store: ArtifactStore): void {
  const path = store.blobPath(digestOf(emptyConfig));
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, emptyConfig, { mode: 0o644 });
}

/** What was appended to has lost its name to what came of it. */
function dropNameless(store: ArtifactStore, digest: Digest): void {
  const position = readLayoutIndex(store.path).manifests.findIndex(
    (entry) => entry.digest === digest && entry.annotations?.[refNameAnnotation] === undefined,
  );
  if (position >= 0) store.removeEntry(position);
}

import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { SelkieError } from '../errors.ts';
import { contentType } from './content-type.ts';
import { type Digest, digestOf } from './digest.ts';
import type { EngineContext } from './engine-context.ts';
import { goJson, sortKeys } from './go-json.ts';
import { annotateInstance, editList, findList, type InstanceChanges } from './list-edit.ts';
import { readSubject } from './list-instances.ts';
import type { Subject } from './list-record.ts';
import { ociConfig, ociEmpty, ociManifest } from './media-types.ts';

export interface ListArtifactOptions {
  /** Default `application/vnd.unknown.artifact.v1`. */
  type?: string;
  /** Media type and text of the config blob; both default to an empty object. */
  configType?: string;
  config?: string;
  /** Default: by each file's name and content. */
  layerType?: string;
  excludeTitles?: boolean;
  annotations?: Record<string, string>;
  subject?: string;
}

interface ArtifactFile {
  readonly path: string;
  readonly digest: Digest;
  readonly descriptor: Record<string, unknown>;
}

const emptyObject = '{}';

/** Adds an artifact made of files to a list; the files are read again when the list is pushed. @returns the list's id and the entry's digest */
export async function addArtifactToList(
  engine: EngineContext,
  name: string,
  files: string[],
  options: ListArtifactOptions,
  changes: InstanceChanges,
): Promise<{ id: string; digest: Digest }> {
  if (files.length === 0) throw new SelkieError('manifest add artifact requires at least one file');
  const { id } = findList(engine, name);
  const subject = options.subject ? await readSubject(engine, options.subject, {}) : undefined;
  const described = files.map((file) => describeFile(file, options));
  const config = configDescriptor(options);
  const manifest = artifactManifest(options, config.descriptor, described, subject);
  const digest = digestOf(manifest);
  const artifactType = options.type ?? 'application/vnd.unknown.artifact.v1';
  editList(engine, id, (list) => {
    const { artifacts } = list;
    artifacts.manifests = { ...artifacts.manifests, [digest]: manifest };
    artifacts.configs = { ...artifacts.configs, [digest]: config.digest };
    artifacts.blobs = { ...artifacts.blobs, [config.digest]: Buffer.from(config.text).toString('base64') };
    artifacts.layers = { ...artifacts.layers, [digest]: described.map((file) => file.digest) };
    artifacts.files = { ...artifacts.files, [digest]: described.map((file) => file.path) };
    artifacts.detached = { ...artifacts.detached, ...Object.fromEntries(described.map((file) => [file.digest, file.path])) };
    list.instances = list.instances.filter((entry) => entry.digest !== digest);
    list.instances.push({
      mediaType: ociManifest,
      digest,
      size: Buffer.byteLength(manifest),
      platform: { architecture: '', os: '' },
      artifactType,
    });
  });
  annotateInstance(engine, id, digest, changes);
  return { id, digest };
}

function describeFile(file: string, options: ListArtifactOptions): ArtifactFile {
  const path = resolve(file);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new SelkieError(`reading ${JSON.stringify(file)} to determine its digest: open ${path}: no such file or directory`, { cause });
  }
  const digest = digestOf(bytes);
  const title = options.excludeTitles ? {} : { annotations: { 'org.opencontainers.image.title': basename(path) } };
  return { path, digest, descriptor: { mediaType: options.layerType || contentType(path, bytes), digest, size: bytes.length, ...title } };
}

function configDescriptor(options: ListArtifactOptions): { digest: Digest; text: string; descriptor: Record<string, unknown> } {
  const text = options.config || emptyObject;
  const mediaType = options.configType || (options.config ? ociConfig : ociEmpty);
  const digest = digestOf(text);
  const data = Buffer.from(text).toString('base64');
  return { digest, text, descriptor: { mediaType, digest, size: Buffer.byteLength(text), data } };
}

function artifactManifest(
  options: ListArtifactOptions,
  config: Record<string, unknown>,
  files: ArtifactFile[],
  subject: Subject | undefined,
): string {
  return goJson({
    schemaVersion: 2,
    mediaType: ociManifest,
    artifactType: options.type ?? 'application/vnd.unknown.artifact.v1',
    config,
    layers: files.map((file) => file.descriptor),
    ...(subject ? { subject } : {}),
    ...(options.annotations && Object.keys(options.annotations).length > 0 ? { annotations: sortKeys(options.annotations) } : {}),
  });
}

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { tarTree } from '../archive/tree-tar.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { SelkieError } from '../errors.ts';
import { applyChanges } from '../image/image-changes.ts';
import type { OciHistory, OciImage, OciImageConfig } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { layerChain, storeNewImage } from '../image/new-image.ts';
import { storeLayer } from '../storage/layer-staging.ts';
import type { Builder } from './builder.ts';
import { placeContent } from './place.ts';

export interface BuilderCommit {
  /** Full names of the image in the store. */
  names: readonly string[];
  format: 'oci' | 'docker';
  squash: boolean;
  changes: readonly string[];
  /** A file with a configuration (JSON) that goes over the image's. */
  configFile?: string;
  annotations: readonly string[];
  unsetAnnotations: readonly string[];
  unsetEnv: readonly string[];
  createdAnnotation: boolean;
  omitHistory: boolean;
  /** The version that the identity label names; undefined: no label. */
  identity?: string;
  /** Local file by its path in the image. */
  addFiles: ReadonlyMap<string, string>;
  /** For image and history, in place of now. */
  time?: Date;
}

export interface CommittedBuilder {
  id: string;
  digest: string;
  /** diffIDs from the base up. */
  layers: string[];
}

/** Makes an image of a working container as it is. The container stays. @throws SelkieError */
export async function commitBuilder(images: ImageEngine, builder: Builder, commit: BuilderCommit): Promise<CommittedBuilder> {
  await addFiles(builder, commit.addFiles);
  const { store } = images;
  const topLayer = await commitLayer(images, builder, commit.squash);
  const created = (commit.time ?? new Date()).toISOString();
  const image = describe(builder, commit, created);
  const { id, digest } = storeNewImage(store, {
    format: commit.format,
    topLayer,
    image,
    annotations: annotations(builder, commit, created),
    names: commit.names,
    container: commit.format === 'docker' ? { id: builder.id, hostname: image.config?.Hostname } : undefined,
  });
  return { id, digest, layers: layerChain(store, topLayer).map((layer) => layer.diffDigest!) };
}

/** A link of the image at the place is replaced, never followed. */
async function addFiles(builder: Builder, files: ReadonlyMap<string, string>): Promise<void> {
  if (files.size === 0) return;
  using root = new Rootfs(builder.root);
  for (const [destination, source] of files) {
    const path = posix.resolve('/', destination);
    const item = { hostPath: realpathSync(source), path: source, stat: statSync(source) };
    const placement = { path, intoDirectory: false, owner: { uid: 0, gid: 0 }, keepOwner: false, ownerGiven: false };
    await placeContent(root, { kind: 'file', name: posix.basename(path), item }, placement);
  }
}

async function commitLayer({ store }: ImageEngine, builder: Builder, squash: boolean): Promise<string> {
  const parent = squash ? undefined : store.layers.get(builder.layer)?.parent;
  return await storeLayer(store, squash ? tarTree(builder.root) : store.layers.diffTar(builder.layer), parent);
}

function describe(builder: Builder, commit: BuilderCommit, created: string): OciImage {
  const { image } = builder;
  const overlay = commit.configFile === undefined ? {} : readConfig(commit.configFile);
  const config = { ...applyChanges(structuredClone(builder.config), commit.changes), ...overlay };
  if (config.OnBuild?.length === 0) config.OnBuild = null;
  for (const name of commit.unsetEnv) config.Env = config.Env?.filter((entry) => entry !== name && !entry.startsWith(`${name}=`));
  if (commit.identity !== undefined) config.Labels = { ...config.Labels, 'io.buildah.version': commit.identity };
  return {
    ...image,
    created,
    config,
    history: commit.omitHistory ? undefined : history(builder, commit, created),
  };
}

function readConfig(path: string): OciImageConfig {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as OciImageConfig;
  } catch (error) {
    throw new SelkieError(`parsing configuration blob from ${JSON.stringify(path)}: ${(error as Error).message}`, { cause: error });
  }
}

/** The base's entries, what `--add-history` noted, then the layer. */
function history({ image, config, state }: Builder, { squash, time }: BuilderCommit, created: string): OciHistory[] {
  const noted = (state.PrependedEmptyLayers ?? []).map((entry) => (time ? { ...entry, created } : entry));
  const comment = state['history-comment'] || (state.image ? `FROM ${state.image}` : '');
  return [
    ...(squash ? [] : (image.history ?? [])),
    ...noted,
    {
      created,
      created_by: state['created-by'] || (config.Shell?.length ? config.Shell.join(' ') : '/bin/sh'),
      ...(image.author ? { author: image.author } : {}),
      ...(comment === '' ? {} : { comment }),
    },
    ...(state.AppendedEmptyLayers ?? []),
  ];
}

function annotations({ state }: Builder, commit: BuilderCommit, created: string): Record<string, string> {
  const all = { ...state.annotations };
  for (const name of commit.unsetAnnotations) delete all[name];
  for (const text of commit.annotations) {
    const [name = '', value = ''] = text.split(/=(.*)/s);
    all[name] = value;
  }
  return { ...all, ...(commit.createdAnnotation ? { 'org.opencontainers.image.created': created } : {}) };
}

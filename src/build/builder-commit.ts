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
import type { LinkedLayer } from './builder-state.ts';
import { checkTimes, createdTime, type ImageTimes, isTimeFixed, withTimes } from './image-times.ts';
import { placeContent } from './place.ts';
import { type SbomScan, scanContainer } from './sbom.ts';

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
  /** Default: now. */
  times?: ImageTimes;
  sbom?: SbomScan;
}

type Timed = BuilderCommit & { times: ImageTimes };

export interface CommittedBuilder {
  id: string;
  digest: string;
  /** diffIDs from the base up. */
  layers: string[];
}

/** Makes an image of a working container as it is. The container stays. @throws SelkieError */
export async function commitBuilder(images: ImageEngine, builder: Builder, given: BuilderCommit): Promise<CommittedBuilder> {
  const commit = { ...given, times: given.times ?? { rewrite: false } };
  checkTimes(commit.times);
  await addFiles(builder, commit.addFiles);
  if (commit.sbom) await scanContainer(images, builder, commit.sbom);
  const { store } = images;
  const topLayer = await commitLayers(images, builder, commit);
  const created = createdTime(commit.times);
  const image = describe(builder, commit, created);
  const { id, digest } = storeNewImage(store, {
    format: commit.format,
    topLayer,
    image,
    annotations: annotations(builder, commit, created),
    names: commit.names,
    container: commit.format === 'docker' && !isTimeFixed(commit.times) ? { id: builder.id, hostname: image.config?.Hostname } : undefined,
  });
  return { id, digest, layers: layerChain(store, topLayer).map((layer) => layer.diffDigest!) };
}

/** A link of the image at the place is replaced, never followed. */
async function addFiles(builder: Builder, files: ReadonlyMap<string, string>): Promise<void> {
  if (files.size === 0) return;
  using root = new Rootfs(builder.root, builder.idMaps);
  for (const [destination, source] of files) {
    const path = posix.resolve('/', destination);
    const item = { hostPath: realpathSync(source), path: source, stat: statSync(source) };
    const placement = { path, intoDirectory: false, owner: { uid: 0, gid: 0 }, keepOwner: false, ownerGiven: false };
    await placeContent(root, { kind: 'file', name: posix.basename(path), item }, placement);
  }
}

/** The container's layer, and upon it those that `copy --link` has put aside. */
async function commitLayers({ store }: ImageEngine, builder: Builder, { squash, times }: Timed): Promise<string> {
  // What is below a mapped layer may be a copy with other owners.
  const below = builder.idMaps ? store.images.find(builder.state['image-id'])?.layer : store.layers.get(builder.layer)?.parent;
  const parent = squash ? undefined : below;
  const own = squash ? tarTree(builder.root, { idMappings: builder.idMaps }) : store.layers.diffTar(builder.layer, builder.idMaps);
  let top = await storeLayer(store, withTimes(own, times), parent);
  for (const { BlobPath } of linkedLayers(builder)) top = await storeLayer(store, withTimes(tarTree(BlobPath), times), top);
  return top;
}

const linkedLayers = ({ state }: Builder): LinkedLayer[] => (state['AppendedLinkedLayers'] ?? []) as LinkedLayer[];

function describe(builder: Builder, commit: Timed, created: string): OciImage {
  const { image } = builder;
  const overlay = commit.configFile === undefined ? {} : readConfig(commit.configFile);
  const config = { ...applyChanges(structuredClone(builder.config), commit.changes), ...overlay };
  if (config.OnBuild?.length === 0) config.OnBuild = null;
  for (const name of commit.unsetEnv) config.Env = config.Env?.filter((entry) => entry !== name && !entry.startsWith(`${name}=`));
  if (isTimeFixed(commit.times)) Object.assign(config, { Hostname: 'sandbox', Domainname: '' });
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
function history(builder: Builder, { squash, times }: Timed, created: string): OciHistory[] {
  const { image, config, state } = builder;
  const time = isTimeFixed(times);
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
    ...linkedLayers(builder).map(({ History }) => (time ? { ...History, created } : History)),
  ];
}

function annotations({ state }: Builder, commit: Timed, created: string): Record<string, string> {
  const all = { ...state.annotations };
  for (const name of commit.unsetAnnotations) delete all[name];
  for (const text of commit.annotations) {
    const [name = '', value = ''] = text.split(/=(.*)/s);
    all[name] = value;
  }
  return { ...all, ...(commit.createdAnnotation ? { 'org.opencontainers.image.created': created } : {}) };
}

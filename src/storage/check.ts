import { existsSync } from 'node:fs';
import type { TarEntry } from '../archive/tar-entry.ts';
import { TarReader } from '../archive/tar-reader.ts';
import { emptyTree, type FileNode, layUpon, scanTree, treeDifferences } from './expected-tree.ts';
import type { ContainerRecord, ImageRecord, LayerRecord } from './records.ts';
import type { Store } from './store.ts';

const UNREFERENCED_AGE_MS = 24 * 3600 * 1000;

export interface CheckOptions {
  /** Read every layer back and compare digests and files; costs reading all images. Default true. */
  layerContents?: boolean;
  /** A layer that nothing uses is a fault only when it is older than this. */
  maximumUnreferencedAgeMs?: number;
}

/** What is wrong, by id; in the words of the real tool. */
export interface CheckReport {
  layers: Map<string, string[]>;
  images: Map<string, string[]>;
  containers: Map<string, string[]>;
  /** Damage in additional stores, which nothing can be done about from here. */
  readOnlyLayers: Map<string, string[]>;
  readOnlyImages: Map<string, string[]>;
}

/** Looks for what is damaged, missing or left over. Takes the locks only shortly: what others do meanwhile may show. */
export async function checkStore(store: Store, options: CheckOptions = {}): Promise<CheckReport> {
  const report: CheckReport = {
    layers: new Map(),
    images: new Map(),
    containers: new Map(),
    readOnlyLayers: new Map(),
    readOnlyImages: new Map(),
  };
  const layers = new Map(store.layers.list().map((layer) => [layer.id, layer]));
  const images = store.images.list();
  const containers = store.containers.list();
  const used = new Set<string>();
  const trees = new Map<string, FileNode>();
  for (const layer of layers.values()) {
    const entries = await checkLayer(store, layer, layers, options, report);
    if (entries !== undefined) checkFiles(store, layer, entries, trees, report);
  }
  for (const image of images) checkImage(store, image, layers, used, report);
  for (const container of containers) checkContainer(store, container, images, used, report);
  findUnused(store, layers, used, options, report);
  return report;
}

/** @returns what the layer's tar consists of, where that was read and is right */
async function checkLayer(
  store: Store,
  layer: LayerRecord,
  layers: ReadonlyMap<string, LayerRecord>,
  options: CheckOptions,
  report: CheckReport,
): Promise<TarEntry[] | undefined> {
  const found = layer.readOnly ? report.readOnlyLayers : report.layers;
  const kind = layer.readOnly ? 'read-only layer' : 'layer';
  for (const key of layer.bigDataNames) {
    if (!store.layers.hasBigData(layer.id, key))
      add(found, layer.id, `${kind} ${layer.id}: data item ${JSON.stringify(key)}: layer data item is missing`);
  }
  if (layer.parent !== undefined && !layers.has(layer.parent)) add(report.layers, layer.id, `layer ${layer.parent}: layer is missing`);
  const diff = store.layers.driver.diffPath(layer.id);
  if (!existsSync(diff)) add(found, layer.id, `${kind} ${layer.id}: stat ${diff}: no such file or directory`);
  else if (options.layerContents !== false && layer.diffDigest !== undefined) return checkContent(store, layer, kind, found);
  return undefined;
}

async function checkContent(store: Store, layer: LayerRecord, kind: string, found: Map<string, string[]>): Promise<TarEntry[] | undefined> {
  const hash = new Bun.CryptoHasher('sha256');
  const entries: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => entries.push({ ...entry }), content() {}, endEntry() {} });
  let size = 0;
  try {
    for await (const chunk of store.layers.diffTar(layer.id)) {
      hash.update(chunk);
      size += chunk.length;
      reader.write(chunk);
    }
    reader.end();
  } catch (error) {
    add(found, layer.id, `${kind} ${layer.id}: ${(error as Error).message}`);
    return undefined;
  }
  const isRight = `sha256:${hash.digest('hex')}` === layer.diffDigest;
  if (!isRight) add(found, layer.id, `${kind} ${layer.id}: layer content incorrect digest`);
  if (layer.diffSize === undefined || layer.diffSize < 0 || size === layer.diffSize) return isRight ? entries : undefined;
  add(found, layer.id, `${kind} ${layer.id}: read ${size} bytes instead of ${layer.diffSize} bytes: layer content incorrect size`);
  return undefined;
}

/** Compares the mounted layer with what all tars up to it say. Parents come before their children. */
function checkFiles(store: Store, layer: LayerRecord, entries: TarEntry[], trees: Map<string, FileNode>, report: CheckReport): void {
  const below = layer.parent === undefined ? emptyTree() : trees.get(layer.parent);
  if (below === undefined || layer.readOnly) return;
  const expected = layUpon(below, entries);
  trees.set(layer.id, expected);
  // Its owners were changed on purpose.
  if (layer.uidmap !== undefined || layer.gidmap !== undefined) return;
  const { driverOptions } = store.options;
  const isForced = driverOptions['force_mask'] !== undefined;
  const ignored = { ownership: isForced || driverOptions['ignore_chown_errors'] === 'true', permissions: isForced, type: isForced };
  try {
    const root = store.layers.mount(layer.id, { readOnly: true });
    try {
      for (const difference of treeDifferences(expected, scanTree(Buffer.from(root).toString('latin1')), ignored)) {
        add(report.layers, layer.id, `layer ${layer.id}: ${difference}, layer content modified`);
      }
    } finally {
      store.layers.unmount(layer.id);
    }
  } catch (error) {
    add(report.layers, layer.id, `layer ${layer.id}: ${(error as Error).message}`);
  }
}

function checkImage(
  store: Store,
  image: ImageRecord,
  layers: ReadonlyMap<string, LayerRecord>,
  used: Set<string>,
  report: CheckReport,
): void {
  const found = image.readOnly ? report.readOnlyImages : report.images;
  const kind = image.readOnly ? 'read-only image' : 'image';
  for (const key of image.bigDataNames) {
    const size = dataSize(() => store.images.bigData(image.id, key));
    const item = `${kind} ${image.id}: data item ${JSON.stringify(key)}`;
    if (size === undefined) add(found, image.id, `${item}: image data item is missing`);
    else if (size !== image.bigDataSizes[key]) add(found, image.id, `${item}: image data item has incorrect size`);
  }
  for (const top of [image.layer, ...image.mappedLayers]) {
    for (let id = top; id !== undefined; id = layers.get(id)?.parent) {
      used.add(id);
      if (!layers.has(id)) add(found, image.id, `${kind} ${image.id}: layer ${id}: image layer is missing`);
      for (const problem of [...(report.layers.get(id) ?? []), ...(report.readOnlyLayers.get(id) ?? [])]) add(found, image.id, problem);
    }
  }
}

function checkContainer(store: Store, container: ContainerRecord, images: ImageRecord[], used: Set<string>, report: CheckReport): void {
  used.add(container.layer);
  for (const key of container.bigDataNames) {
    const size = dataSize(() => store.containers.bigData(container.id, key));
    const item = `container ${container.id}: data item ${JSON.stringify(key)}`;
    if (size === undefined) add(report.containers, container.id, `${item}: container data item is missing`);
    else if (size !== container.bigDataSizes[key]) add(report.containers, container.id, `${item}: container data item has incorrect size`);
  }
  if (container.image === '') return;
  if (!images.some((image) => image.id === container.image))
    add(report.containers, container.id, `image ${container.image}: image missing`);
  for (const problem of [...(report.images.get(container.image) ?? []), ...(report.readOnlyImages.get(container.image) ?? [])]) {
    add(report.containers, container.id, problem);
  }
}

function findUnused(
  store: Store,
  layers: ReadonlyMap<string, LayerRecord>,
  used: ReadonlySet<string>,
  options: CheckOptions,
  report: CheckReport,
): void {
  const oldest = Date.now() - (options.maximumUnreferencedAgeMs ?? UNREFERENCED_AGE_MS);
  for (const layer of layers.values()) {
    if (layer.readOnly || used.has(layer.id) || Date.parse(layer.created) > oldest) continue;
    add(report.layers, layer.id, `layer ${layer.id}: layer not referenced by any images or containers`);
  }
  for (const id of store.layers.driver.layerIds()) {
    if (!layers.has(id)) add(report.layers, id, `layer ${id}: layer in lower level storage driver not accounted for`);
  }
}

function dataSize(read: () => Uint8Array): number | undefined {
  try {
    return read().length;
  } catch {
    return undefined;
  }
}

function add(found: Map<string, string[]>, id: string, problem: string): void {
  const problems = found.get(id);
  if (problems === undefined) found.set(id, [problem]);
  else if (!problems.includes(problem)) problems.push(problem);
}

import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import type { StoreOptions } from '../config/storage-conf.ts';
import { warn } from '../diagnostics.ts';
import { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { bigDataFileName, readBigData } from './big-data.ts';
import type { Change } from './compare-trees.ts';
import { directorySize } from './directory-size.ts';
import type { DriverMountOptions, IdMappings, StorageDriver } from './drivers/driver.ts';
import { DuplicateId, DuplicateName, LayerInUse, LayerUnknown } from './errors.ts';
import { goTimeNow } from './go-json.ts';
import { randomId } from './ids.ts';
import { LayerMounts } from './layer-mounts.ts';
import { layerChanges, layerTar } from './layer-tar.ts';
import { type RecordFile, RecordTable } from './record-table.ts';
import { type LayerRecord, layerFields, type StoredLayer, toStoredMaps, viewLayer } from './records.ts';
import { removeStaleTemporaries } from './temporary-directory.ts';
import { TrashCan } from './trash-can.ts';

export type { Change } from './compare-trees.ts';

export interface NewLayer {
  id?: string;
  names?: string[];
  parent?: string;
  volatile?: boolean;
  mountLabel?: string;
  idMappings?: IdMappings;
}

/** What unpacking found out about a layer's content. */
export interface LayerContent {
  diffId: string;
  diffSize: number;
  compressedDigest: string;
  compressedSize: number;
  compression: number;
  uids: number[];
  gids: number[];
}

/** A layer that was unpacked aside. Its content must be on disk before it is installed. */
export interface UnpackedLayer {
  id: string;
  parent?: string;
  content: LayerContent;
  /** the directory of its files, in a temporary directory of the driver */
  staged: string;
  /** the file that was written while unpacking, in a temporary directory of the layer store */
  tarSplit?: string;
  idMappings?: IdMappings;
  /** Set when it was fetched in parts: nobody has seen the whole blob then, and the table of contents stands for it. */
  table?: { digest: string; json: Uint8Array };
}

/** Layers: their records, their trees and their mounts. What must not change meanwhile is done within `write`. */
export class LayerStore {
  /** Directory of records and tar-split files, `…/overlay-layers`. */
  readonly directory: string;
  readonly mounts: LayerMounts;
  private readonly table: RecordTable<StoredLayer>;
  private readonly others: { root: string; table: RecordTable<StoredLayer> }[];
  private readonly stable: RecordFile;
  private readonly forImages: RecordFile;
  private readonly volatile: RecordFile;
  /** Layers whose files are made and that are completed together with others. */
  private waiting: { record: StoredLayer; file: RecordFile }[] | undefined;

  private usedDriver: StorageDriver | undefined;

  constructor(private readonly options: StoreOptions) {
    const kind = `${options.driver}-layers`;
    this.directory = `${options.graphRoot}/${kind}`;
    this.mounts = new LayerMounts(`${options.runRoot}/${kind}`, () => this.driver);
    const imageDirectory = options.imageStore === undefined ? undefined : `${options.imageStore}/${kind}`;
    this.stable = { path: `${this.directory}/layers.json`, sync: true };
    this.forImages = imageDirectory === undefined ? this.stable : { path: `${imageDirectory}/layers.json`, sync: true };
    this.volatile = { path: `${options.transientStore ? `${options.runRoot}/${kind}` : this.directory}/volatile-layers.json`, sync: false };
    this.table = new RecordTable<StoredLayer>({
      locks: [this.directory, ...(imageDirectory === undefined ? [] : [imageDirectory])].map((path) => new LockFile(`${path}/layers.lock`)),
      files: [...new Set([this.stable, this.forImages, this.volatile])],
      fields: layerFields,
      watchTimes: true,
      needsRepair: (records) => {
        for (const root of [...this.driver.temporaryRoots(), this.temporaryRoot]) removeStaleTemporaries(root);
        return records.some(isIncomplete);
      },
      repair: () => this.removeIncomplete(),
    });
    this.others = options.additionalImageStores.map((root) => ({
      root: `${root}/${kind}`,
      table: new RecordTable<StoredLayer>({
        locks: [new LockFile(`${root}/${kind}/layers.lock`, true)],
        files: ['layers', 'volatile-layers'].map((name) => ({ path: `${root}/${kind}/${name}.json`, sync: false })),
        fields: layerFields,
        watchTimes: true,
        readOnly: true,
      }),
    }));
  }

  /** How layers lie on the disk. Lists need it not. */
  get driver(): StorageDriver {
    this.usedDriver ??= driverFor(this.options);
    return this.usedDriver;
  }

  list(): LayerRecord[] {
    return this.read(() => [
      ...this.table.records.map((record) => viewLayer(record, false)),
      ...this.others.flatMap(({ table }) => table.read(() => table.records.map((record) => viewLayer(record, true)))),
    ]);
  }

  /** By id, exactly. */
  get(id: string): LayerRecord | undefined {
    return this.read(() => {
      const own = this.table.get(id);
      if (own !== undefined) return viewLayer(own, false);
      for (const { table } of this.others) {
        const found = table.read(() => table.get(id));
        if (found !== undefined) return viewLayer(found, true);
      }
      return undefined;
    });
  }

  /** Layers with this content, whatever is below them. */
  byDiffDigest(digest: string): LayerRecord[] {
    return this.list().filter((layer) => layer.diffDigest === digest);
  }

  /** Layers that came as a blob of this digest. */
  byCompressedDigest(digest: string): LayerRecord[] {
    return this.list().filter((layer) => layer.compressedDiffDigest === digest);
  }

  children(id: string): LayerRecord[] {
    return this.list().filter((layer) => layer.parent === id);
  }

  hasChildren(id: string): boolean {
    return this.read(() => this.table.records.some((layer) => layer.parent === id));
  }

  read<R>(step: () => R): R {
    return this.table.read(step);
  }

  write<R>(step: () => R): R {
    return this.table.write(step);
  }

  /** An empty layer for a container to write to. @throws LayerUnknown when the parent is gone, DuplicateId, DuplicateName */
  createReadWrite(request: NewLayer): LayerRecord {
    return this.write(() => {
      const record = this.newRecord(request);
      const file = request.volatile === true ? this.volatile : this.stable;
      this.makeWhole(record, file, () => {
        this.driver.createLayer(record.id, request.parent, { writable: true, idMappings: request.idMappings });
      });
      return viewLayer(record, false);
    });
  }

  /** A layer with the content of another, whose files have other owners. It has a random id and the same parent. */
  createMappedCopy(template: LayerRecord, idMappings: IdMappings | undefined): LayerRecord {
    return this.write(() => {
      const original = this.table.get(template.id);
      if (original === undefined) throw new LayerUnknown(template.id);
      const from =
        template.uidmap === undefined || template.gidmap === undefined ? undefined : { uids: template.uidmap, gids: template.gidmap };
      const record: StoredLayer = { ...original, ...this.newRecord({ parent: template.parent, idMappings }), names: undefined };
      this.makeWhole(record, this.forImages, () => {
        this.driver.createMappedCopy(record.id, template.id, from, idMappings);
        if (existsSync(this.tarSplitPath(template.id))) copyFileSync(this.tarSplitPath(template.id), this.tarSplitPath(record.id));
      });
      return viewLayer(record, false);
    });
  }

  /** Puts an unpacked layer in its place, by renames under the lock. Repeatable: a layer that is there already stays. */
  install(layer: UnpackedLayer): void {
    this.write(() => {
      if (this.get(layer.id) !== undefined) return;
      const record = this.newRecord(layer);
      Object.assign(record, storedContent(layer.content), layer.table && storedTable(layer.table));
      this.makeWhole(record, this.forImages, () => {
        this.driver.createLayer(record.id, layer.parent, { writable: false, idMappings: layer.idMappings });
        this.driver.installDiff(record.id, layer.staged);
        if (layer.tarSplit !== undefined) renameSync(layer.tarSplit, this.tarSplitPath(record.id));
        if (layer.table !== undefined) this.writeTable(record.id, layer.table.json);
      });
    });
  }

  /** Completes the layers that `step` installs or creates all at the end, with one flush for all; when it fails, none of them is left. */
  atOnce<R>(step: () => R): R {
    return this.write(() => {
      const waiting: { record: StoredLayer; file: RecordFile }[] = [];
      this.waiting = waiting;
      try {
        const result = step();
        for (const { record, file } of waiting) this.complete(record, file);
        this.table.save();
        return result;
      } catch (error) {
        using trash = new TrashCan();
        for (const { record } of waiting.reverse()) this.takeAway(record.id, trash);
        throw error;
      } finally {
        this.waiting = undefined;
      }
    });
  }

  /** @throws LayerUnknown, LayerInUse when another layer is built upon it */
  remove(id: string): void {
    using trash = new TrashCan();
    this.write(() => {
      if (this.table.get(id) === undefined) throw new LayerUnknown(id);
      const child = this.table.records.find((other) => other.parent === id);
      if (child !== undefined) throw new LayerInUse(id, child.id, 'layer has children');
      this.takeAway(id, trash);
    });
  }

  /** Takes a layer away by renames, within `write`; its files are deleted when the trash is disposed of, after the lock. Repeatable. */
  takeAway(id: string, trash: TrashCan): void {
    const record = this.table.get(id);
    if (record === undefined) return;
    this.unmountFully(id);
    // From here on it is an incomplete layer, which whoever loads the store removes; said in the file that costs no flush.
    record.flags = { ...record.flags, incomplete: true };
    this.table.move(record, this.volatile);
    let isFull = false;
    try {
      this.table.save(true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      isFull = true;
    }
    this.takeFiles(id, trash);
    // Then the files go first, to make the room that the records need.
    if (isFull) trash[Symbol.dispose]();
    this.table.remove(record);
    this.table.save();
  }

  /** The file in which a layer's original tar is described; '' in none. */
  tarSplitPath(id: string): string {
    return `${this.directory}/${id}.tar-split.gz`;
  }

  /**
   * The layer as a tar: the very bytes it came as where they were kept track of, else its files as they are now.
   * @param idMappings of the container whose layer it is: the kernel maps what is below, not what the container wrote
   */
  diffTar(id: string, idMappings?: IdMappings): AsyncIterable<Uint8Array> {
    const record = this.get(id);
    if (record === undefined) throw new LayerUnknown(id);
    return layerTar(this.driver, record, this.findTarSplit(id), idMappings);
  }

  /** What the layer changes of those below it. */
  changes(id: string): Promise<Change[]> {
    const record = this.get(id);
    if (record === undefined) throw new LayerUnknown(id);
    return layerChanges(this.driver, record);
  }

  hasBigData(id: string, key: string): boolean {
    const directories = [this.directory, ...this.others.map(({ root }) => root)];
    return directories.some((directory) => existsSync(`${directory}/${id}/${bigDataFileName(key)}`));
  }

  /** @throws BigDataUnknown */
  bigData(id: string, key: string): Uint8Array {
    return readBigData(`${this.directory}/${id}`, id, key);
  }

  /** Bytes of the layer's tar; for a container's layer, or where that is not known, of its files as they are now. */
  size(id: string): number {
    const record = this.get(id);
    if (record === undefined) throw new LayerUnknown(id);
    const known = record.diffDigest !== undefined && record.diffSize !== undefined && record.diffSize >= 0;
    return known ? (record.diffSize as number) : directorySize(this.driver.diffPath(id));
  }

  /** Mounts a layer, or counts one more user of its mount. @returns where */
  mount(id: string, options: DriverMountOptions): string {
    return this.write(() => {
      const record = this.get(id);
      if (record === undefined) throw new LayerUnknown(id);
      return this.mounts.mount(id, { ...options, label: options.label ?? record.mountLabel });
    });
  }

  /** Takes one use of the mount back, with `force` all. Repeatable. @returns whether it is mounted still */
  unmount(id: string, force = false): boolean {
    return this.write(() => this.mounts.unmount(id, force));
  }

  /** Where tar-split files grow and die. */
  get temporaryRoot(): string {
    return `${this.directory}/tmp`;
  }

  close(): void {
    this.table.close();
    this.mounts.close();
    for (const { table } of this.others) table.close();
  }

  private newRecord(request: NewLayer): StoredLayer {
    const id = request.id ?? randomId();
    if (request.parent !== undefined && this.get(request.parent) === undefined) throw new LayerUnknown(request.parent);
    if (this.table.get(id) !== undefined) throw new DuplicateId(id);
    const taken = request.names?.find((name) => this.table.byName(name) !== undefined);
    if (taken !== undefined) throw new DuplicateName(taken);
    return {
      id,
      names: request.names?.length ? request.names : undefined,
      parent: request.parent,
      mountlabel: request.mountLabel || undefined,
      created: goTimeNow(),
      uidmap: toStoredMaps(request.idMappings?.uids),
      gidmap: toStoredMaps(request.idMappings?.gids),
    };
  }

  /**
   * Enters a record, has its files made, and completes it. Until then it is marked incomplete, and kept in the volatile file, so
   * that it costs one flush to disk and not two: if we die, whoever loads the store next removes it.
   */
  private makeWhole(record: StoredLayer, file: RecordFile, makeFiles: () => void): void {
    record.flags = { incomplete: true };
    this.table.add(record, this.volatile);
    this.table.save();
    try {
      makeFiles();
    } catch (error) {
      using trash = new TrashCan();
      this.takeAway(record.id, trash);
      throw error;
    }
    if (this.waiting !== undefined) this.waiting.push({ record, file });
    else {
      this.complete(record, file);
      this.table.save();
    }
  }

  private writeTable(id: string, json: Uint8Array): void {
    mkdirSync(`${this.directory}/${id}`, { recursive: true, mode: 0o700 });
    for (const [key, data] of [
      [tableKey, json],
      [layerDataKey, Buffer.from('{"format":0}')],
    ] as const)
      writeFileAtomically(`${this.directory}/${id}/${bigDataFileName(key)}`, data, 0o600, true);
  }

  private complete(record: StoredLayer, file: RecordFile): void {
    record.flags = undefined;
    this.table.move(record, file);
  }

  private removeIncomplete(): void {
    using trash = new TrashCan();
    for (const record of this.table.records.filter(isIncomplete)) {
      warn(`Found incomplete layer ${JSON.stringify(record.id)}, deleting it`);
      this.unmountFully(record.id);
      this.takeFiles(record.id, trash);
      this.table.remove(record);
    }
    this.table.save();
  }

  /** Two roots, since `overlay/` may be a mount point, over which nothing can be renamed. */
  private takeFiles(id: string, trash: TrashCan): void {
    this.driver.removeLayer(id, trash);
    for (const path of [this.tarSplitPath(id), `${this.directory}/${id}`]) if (existsSync(path)) trash.take(path, this.temporaryRoot);
  }

  private unmountFully(id: string): void {
    if (this.mounts.has(id)) this.unmount(id, true);
  }

  private findTarSplit(id: string): string | undefined {
    const own = this.tarSplitPath(id);
    if (existsSync(own)) return own;
    return this.others.map(({ root }) => `${root}/${id}.tar-split.gz`).find((path) => existsSync(path));
  }
}

function storedContent(content: LayerContent): Partial<StoredLayer> {
  return {
    'compressed-diff-digest': content.compressedDigest,
    'compressed-size': content.compressedSize || undefined,
    'diff-digest': content.diffId,
    'diff-size': content.diffSize || undefined,
    compression: content.compression || undefined,
    uidset: content.uids.length > 0 ? content.uids : undefined,
    gidset: content.gids.length > 0 ? content.gids : undefined,
  };
}

/** Under which names containers/storage keeps, with a layer that was fetched in parts, its table of contents and how it was unpacked. */
export const tableKey = 'zstd-chunked-manifest';
const layerDataKey = 'zstd-chunked-layer-data';

function storedTable({ digest }: { digest: string }): Partial<StoredLayer> {
  const unknown = { 'compressed-diff-digest': undefined, 'compressed-size': undefined, compression: undefined };
  return { ...unknown, 'toc-digest': digest, 'big-data-names': [tableKey, layerDataKey] };
}

const isIncomplete = (record: StoredLayer): boolean => record.flags?.['incomplete'] === true;

function driverFor(options: StoreOptions): StorageDriver {
  if (options.driver === 'overlay') {
    const { OverlayDriver } = require('./drivers/overlay.ts') as typeof import('./drivers/overlay.ts');
    return new OverlayDriver(options);
  }
  const { VfsDriver } = require('./drivers/vfs.ts') as typeof import('./drivers/vfs.ts');
  return new VfsDriver(options);
}

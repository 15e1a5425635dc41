import { existsSync, rmSync } from 'node:fs';
import type { StoreOptions } from '../config/storage-conf.ts';
import { LockFile } from '../os/locks.ts';
import { type BigDataItem, bigDataPath, readBigData, storeBigData } from './big-data.ts';
import { ImageInUse, ImageLayerMismatch, ImageUnknown, LayerUnknown, StoreReadOnly } from './errors.ts';
import { goTimeNow } from './go-json.ts';
import type { LayerStore } from './layers.ts';
import { RecordTable } from './record-table.ts';
import { type ContainerRecord, type ImageRecord, imageFields, type StoredImage, viewImage } from './records.ts';
import { TrashCan } from './trash-can.ts';

export interface NewImageRecord {
  id: string;
  names: readonly string[];
  layer?: string;
  metadata?: string;
  /** RFC 3339; default now. */
  created?: string;
  bigData: readonly BigDataItem[];
}

/** Who may need an image: the containers. */
export interface ImageUsers {
  read<R>(step: () => R): R;
  list(): ContainerRecord[];
}

interface ImageTable {
  table: RecordTable<StoredImage>;
  directory: string;
}

/** Records of images, with their manifests and configs as big data. Format: storage.md 1.5. */
export class ImageStore {
  private readonly own: ImageTable;
  private readonly others: ImageTable[];

  constructor(
    options: StoreOptions,
    private readonly layers: LayerStore,
    private readonly users: () => ImageUsers,
  ) {
    const kind = `${options.driver}-images`;
    this.own = imageTable(`${options.imageStore ?? options.graphRoot}/${kind}`, false);
    this.others = options.additionalImageStores.map((root) => imageTable(`${root}/${kind}`, true));
  }

  /** Of this store and of the additional ones, which come last. */
  list(): ImageRecord[] {
    return this.tables().flatMap(({ table }) => table.read(() => table.records.map((record) => viewImage(record, table.readOnly))));
  }

  /** By exact id, exact name, or the beginning of exactly one id. */
  find(idOrName: string): ImageRecord | undefined {
    for (const { table } of this.tables()) {
      const found = table.read(() => table.find(idOrName));
      if (found) return viewImage(found, table.readOnly);
    }
    return undefined;
  }

  /** Images one of whose manifests has this digest. */
  byDigest(digest: string): ImageRecord[] {
    return this.list().filter(
      (image) =>
        image.digest === digest ||
        Object.entries(image.bigDataDigests).some(([key, value]) => key.startsWith('manifest') && value === digest),
    );
  }

  /**
   * Enters an image. One that is there already with the same layers is given the data and names in addition.
   * @throws ImageLayerMismatch, LayerUnknown
   */
  create(request: NewImageRecord): ImageRecord {
    return this.layers.read(() => this.enter(request));
  }

  private enter(request: NewImageRecord): ImageRecord {
    if (request.layer && this.layers.get(request.layer) === undefined) throw new LayerUnknown(request.layer);
    return this.changing((table) => {
      let record = table.get(request.id);
      if (record && (record.layer ?? '') !== (request.layer ?? '')) throw new ImageLayerMismatch(request.id);
      const isNew = record === undefined;
      record ??= { id: request.id, created: request.created ?? goTimeNow() };
      record.layer = request.layer || undefined;
      record.metadata = request.metadata ?? record.metadata;
      storeBigData(this.directoryOf(request.id), record, request.bigData, true);
      record.digest ??= firstManifestDigest(record);
      if (isNew) table.add(record, table.files[0]!);
      else table.touch(record);
      this.giveNames(table, record, [...request.names, ...(record.names ?? [])]);
      return viewImage(record, false);
    });
  }

  /** Replaces all names. @throws ImageUnknown */
  setNames(id: string, names: readonly string[]): void {
    this.changeRecord(id, (record, table) => this.giveNames(table, record, names));
  }

  /** New names come before those it has; each is taken from the image that has it. @throws ImageUnknown */
  addNames(id: string, names: readonly string[]): void {
    this.changeRecord(id, (record, table) => this.giveNames(table, record, [...names, ...(record.names ?? [])]));
  }

  removeNames(id: string, names: readonly string[]): void {
    this.changeRecord(id, (record, table) => {
      const kept = (record.names ?? []).filter((name) => !names.includes(name));
      this.giveNames(table, record, kept);
    });
  }

  /** Notes another top layer with the same content and other owners. */
  addMappedLayer(id: string, layer: string): void {
    this.changeRecord(id, (record, table) => {
      record['mapped-layers'] = [...(record['mapped-layers'] ?? []), layer];
      table.touch(record);
    });
  }

  setMetadata(id: string, metadata: string): void {
    this.changeRecord(id, (record, table) => {
      record.metadata = metadata || undefined;
      table.touch(record);
    });
  }

  /** Whether the file of this item is there, in any of the stores that have the image. */
  hasBigData(id: string, key: string): boolean {
    return this.tables().some(({ directory }) => existsSync(bigDataPath(`${directory}/${id}`, key)));
  }

  /** @throws BigDataUnknown, ImageUnknown */
  bigData(id: string, key: string): Uint8Array {
    for (const { table, directory } of this.tables()) {
      if (table.read(() => table.get(id))) return readBigData(`${directory}/${id}`, id, key);
    }
    throw new ImageUnknown(id);
  }

  setBigData(id: string, key: string, data: Uint8Array, digest?: string): void {
    this.changeRecord(id, (record, table) => {
      storeBigData(this.directoryOf(id), record, [{ key, data, digest }], true);
      if (key === 'manifest' && record.digest === undefined) record.digest = firstManifestDigest(record);
      table.touch(record);
    });
  }

  /**
   * Removes an image and those of its layers that nothing else needs.
   * @returns the removed layers  @throws ImageUnknown, ImageInUse
   */
  remove(id: string): string[] {
    const containers = this.users();
    using trash = new TrashCan();
    return this.layers.write(() =>
      this.changing((table) => {
        const record = table.get(id);
        if (!record) throw this.find(id) ? new StoreReadOnly(id) : new ImageUnknown(id);
        return containers.read(() => {
          const user = containers.list().find((container) => container.image === id);
          if (user) throw new ImageInUse(id, user.id);
          table.remove(record);
          table.save();
          rmSync(this.directoryOf(id), { recursive: true, force: true });
          const kept = new Set<string>(table.records.flatMap((other) => [other.layer ?? '', ...(other['mapped-layers'] ?? [])]));
          for (const container of containers.list()) kept.add(container.layer);
          return [record.layer, ...(record['mapped-layers'] ?? [])].flatMap((top) => this.removeChain(top, kept, trash));
        });
      }),
    );
  }

  read<R>(step: () => R): R {
    return this.own.table.read(step);
  }

  write<R>(step: () => R): R {
    return this.own.table.write(step);
  }

  /** Holds a directory of data for each image. */
  get directory(): string {
    return this.own.directory;
  }

  close(): void {
    for (const { table } of this.tables()) table.close();
  }

  /** From the top layer down to the first that is still of use. */
  private removeChain(top: string | undefined, kept: ReadonlySet<string>, trash: TrashCan): string[] {
    const removed: string[] = [];
    for (let id = top; id !== undefined; ) {
      const layer = this.layers.get(id);
      if (layer === undefined || layer.readOnly || kept.has(id) || this.layers.hasChildren(id)) break;
      this.layers.takeAway(id, trash);
      removed.push(id);
      id = layer.parent;
    }
    return removed;
  }

  private giveNames(table: RecordTable<StoredImage>, record: StoredImage, wanted: readonly string[]): void {
    const names = [...new Set(wanted)];
    for (const other of table.records) {
      if (other === record || !other.names?.some((name) => names.includes(name))) continue;
      const left = other.names.filter((name) => !names.includes(name));
      other.names = left.length > 0 ? left : undefined;
      table.touch(other);
    }
    const history = [...new Set([...names.toReversed(), ...(record['names-history'] ?? [])])];
    record['names-history'] = history.length > 0 ? history : undefined;
    record.names = names.length > 0 ? names : undefined;
    table.touch(record);
  }

  private changeRecord(id: string, change: (record: StoredImage, table: RecordTable<StoredImage>) => void): void {
    this.changing((table) => {
      const record = table.get(id);
      if (!record) throw this.find(id) ? new StoreReadOnly(id) : new ImageUnknown(id);
      change(record, table);
    });
  }

  private changing<R>(step: (table: RecordTable<StoredImage>) => R): R {
    return this.own.table.write(() => step(this.own.table));
  }

  private directoryOf(id: string): string {
    return `${this.own.directory}/${id}`;
  }

  private tables(): ImageTable[] {
    return [this.own, ...this.others];
  }
}

function imageTable(directory: string, readOnly: boolean): ImageTable {
  const table = new RecordTable<StoredImage>({
    locks: [new LockFile(`${directory}/images.lock`, readOnly)],
    files: [{ path: `${directory}/images.json`, sync: !readOnly }],
    fields: imageFields,
    readOnly,
  });
  return { table, directory };
}

function firstManifestDigest(record: StoredImage): string | undefined {
  const digests = record['big-data-digests'] ?? {};
  return digests['manifest'] ?? Object.entries(digests).find(([key]) => key.startsWith('manifest'))?.[1];
}

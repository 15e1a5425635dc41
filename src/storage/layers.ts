import { existsSync, renameSync, rmSync } from 'node:fs';
import type { StoreOptions } from '../config/storage-conf.ts';
import { warn } from '../diagnostics.ts';
import { LockFile } from '../os/locks.ts';
import type { StorageDriver } from './drivers/driver.ts';
import { DuplicateId, LayerInUse, LayerUnknown } from './errors.ts';
import { goTimeNow } from './go-json.ts';
import { randomId } from './ids.ts';
import { MountTable } from './mount-table.ts';
import { RecordTable } from './record-table.ts';
import { type IdMap, type LayerRecord, layerFields, type StoredLayer, toStoredMaps, viewLayer } from './records.ts';
import { removeStaleTemporaries, TemporaryDirectory } from './temporary-directory.ts';

export interface NewLayer {
  id?: string;
  names?: string[];
  parent?: string;
  volatile?: boolean;
  mountLabel?: string;
  idMappings?: { uids: IdMap[]; gids: IdMap[] };
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

export interface Change {
  path: string;
  kind: 'A' | 'C' | 'D';
}

/** Layers: their records, their trees and their mounts. What must not change meanwhile is done under `write`. */
export class LayerStore {
  /** Directory of records and tar-split files, `…/overlay-layers`. */
  readonly directory: string;
  readonly mounts: MountTable;
  private readonly table: RecordTable<StoredLayer>;
  private readonly others: RecordTable<StoredLayer>[];

  constructor(
    options: StoreOptions,
    readonly driver: StorageDriver,
  ) {
    const kind = `${driver.name}-layers`;
    this.directory = `${options.graphRoot}/${kind}`;
    this.mounts = new MountTable(`${options.runRoot}/${kind}`);
    const volatile = options.transientStore ? `${options.runRoot}/${kind}` : this.directory;
    this.table = new RecordTable<StoredLayer>({
      locks: [new LockFile(`${this.directory}/layers.lock`)],
      files: [
        { path: `${this.directory}/layers.json`, sync: true },
        { path: `${volatile}/volatile-layers.json`, sync: false },
      ],
      fields: layerFields,
      watchTimes: true,
      needsRepair: (table) => {
        this.removeStale();
        return table.records.some(isIncomplete);
      },
      repair: (table) => {
        for (const record of table.records.filter(isIncomplete)) {
          warn(`Found incomplete layer ${JSON.stringify(record.id)}, deleting it`);
          using temporaries = TemporaryDirectory.create(driver.temporaryRoot(false));
          this.takeAway(record, temporaries);
        }
      },
    });
    this.others = options.additionalImageStores.map(
      (root) =>
        new RecordTable<StoredLayer>({
          locks: [new LockFile(`${root}/${kind}/layers.lock`, true)],
          files: [{ path: `${root}/${kind}/layers.json`, sync: false }],
          fields: layerFields,
          readOnly: true,
        }),
    );
  }

  list(): LayerRecord[] {
    return [...this.views(this.table, false), ...this.others.flatMap((table) => this.views(table, true))];
  }

  /** By id, exactly. */
  get(id: string): LayerRecord | undefined {
    const own = this.table.read(() => this.table.get(id));
    if (own) return viewLayer(own, false);
    for (const table of this.others) {
      const found = table.read(() => table.get(id));
      if (found) return viewLayer(found, true);
    }
    return undefined;
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

  read<R>(step: () => R): R {
    return this.table.read(step);
  }

  write<R>(step: () => R): R {
    return this.table.write(step);
  }

  /** An empty layer for a container to write to. @throws LayerUnknown when the parent is gone */
  createReadWrite(request: NewLayer): LayerRecord {
    return this.write(() => {
      if (request.parent !== undefined && !this.get(request.parent)) throw new LayerUnknown(request.parent);
      const id = request.id ?? randomId();
      if (this.table.get(id)) throw new DuplicateId(id);
      const record: StoredLayer = {
        id,
        names: request.names?.length ? request.names : undefined,
        parent: request.parent,
        mountlabel: request.mountLabel || undefined,
        created: goTimeNow(),
        flags: { incomplete: true },
        uidmap: toStoredMaps(request.idMappings?.uids),
        gidmap: toStoredMaps(request.idMappings?.gids),
      };
      this.table.add(record, this.fileFor(request.volatile ?? false));
      this.table.save();
      this.driver.createLayer(id, request.parent, { writable: true, idMappings: request.idMappings });
      record.flags = undefined;
      this.table.touch(record);
      return viewLayer(record, false);
    });
  }

  /**
   * Puts a layer that was unpacked aside into its place. Repeatable: a layer that is there stays. The content must be on disk before.
   * @param staged directory of the files  @param tarSplit file that was written while unpacking
   */
  install(
    id: string,
    parent: string | undefined,
    content: LayerContent,
    staged: string,
    tarSplit: string,
    idMappings?: NewLayer['idMappings'],
  ): void {
    this.write(() => {
      if (this.get(id)) return;
      if (parent !== undefined && !this.get(parent)) throw new LayerUnknown(parent);
      const record: StoredLayer = { id, parent, created: goTimeNow(), flags: { incomplete: true } };
      this.table.add(record, this.fileFor(false));
      this.table.save();
      this.driver.createLayer(id, parent, { writable: false, idMappings });
      this.driver.installDiff(id, staged);
      renameSync(tarSplit, this.tarSplitPath(id));
      Object.assign(record, {
        'compressed-diff-digest': content.compressedDigest,
        'compressed-size': content.compressedSize,
        'diff-digest': content.diffId,
        'diff-size': content.diffSize,
        compression: content.compression || undefined,
        uidset: content.uids.length > 0 ? content.uids : undefined,
        gidset: content.gids.length > 0 ? content.gids : undefined,
        uidmap: toStoredMaps(idMappings?.uids),
        gidmap: toStoredMaps(idMappings?.gids),
        flags: undefined,
      });
      this.table.touch(record);
    });
  }

  /** @throws LayerUnknown, LayerInUse when another layer is built upon it */
  remove(id: string): void {
    using temporaries = TemporaryDirectory.create(this.driver.temporaryRoot(false));
    this.write(() => {
      const record = this.table.get(id);
      if (!record) throw new LayerUnknown(id);
      const child = this.table.records.find((other) => other.parent === id);
      if (child) throw new LayerInUse(id, child.id, 'layer has children');
      this.takeAway(record, temporaries);
    });
  }

  /** Takes a layer away by renames, so that the lock is held shortly; the trees go when `temporaries` is disposed of. */
  takeAway(record: StoredLayer, temporaries: TemporaryDirectory): void {
    this.unmountFully(record.id);
    if (!isIncomplete(record)) {
      record.flags = { ...record.flags, incomplete: true };
      this.table.touch(record);
      this.table.save();
    }
    this.driver.removeLayer(record.id, temporaries);
    // Not below `overlay`, which is a mount of its own: these few files go at once.
    rmSync(this.tarSplitPath(record.id), { force: true });
    rmSync(`${this.directory}/${record.id}`, { force: true, recursive: true });
    this.table.remove(record);
    this.table.save();
  }

  stored(id: string): StoredLayer | undefined {
    return this.table.get(id);
  }

  tarSplitPath(id: string): string {
    return `${this.directory}/${id}.tar-split.gz`;
  }

  /** The layer as a tar: the very bytes it came as where they were kept track of, else its files as they are now. */
  diffTar(id: string): AsyncIterable<Uint8Array> {
    const tarSplit = this.tarSplitOf(id);
    return tarSplit === undefined ? this.freshTar(id) : this.originalTar(tarSplit, id);
  }

  /** What the layer changes of those below it. */
  async changes(id: string): Promise<Change[]> {
    const { listChanges } = await import('../archive/diff-tar.ts');
    const [upper, ...lowers] = this.driver.diffPaths(id);
    return listChanges(upper!, lowers, this.driver.xattrPrefix);
  }

  mount(id: string, options: { options?: string[]; readOnly?: boolean; volatile?: boolean; label?: string }): string {
    return this.write(() =>
      this.mounts.change((get, set) => {
        const point = get(id);
        if (point && this.driver.isMounted(point.path)) {
          set(id, point.path, point.count + 1);
          return point.path;
        }
        const record = this.get(id);
        if (!record) throw new LayerUnknown(id);
        const label = options.label ?? record.mountLabel;
        const path = this.driver.mount(id, { ...options, label });
        set(id, path, 1);
        return path;
      }),
    );
  }

  /** Takes one mount back, with `force` all. @returns whether it is mounted still */
  unmount(id: string, force: boolean): boolean {
    return this.write(() =>
      this.mounts.change((get, set) => {
        const point = get(id);
        if (point && point.count > 1 && !force) {
          set(id, point.path, point.count - 1);
          return true;
        }
        this.driver.unmount(id);
        if (point) set(id, point.path, 0);
        return false;
      }),
    );
  }

  mountCount(id: string): number {
    const point = this.mounts.get(id);
    return point && this.driver.isMounted(point.path) ? point.count : 0;
  }

  close(): void {
    this.table.close();
    this.mounts.close();
    for (const table of this.others) table.close();
  }

  private unmountFully(id: string): void {
    if (this.mounts.get(id)) this.unmount(id, true);
  }

  private removeStale(): void {
    for (const root of [...this.driver.temporaryRoots(), this.temporaryRoot]) removeStaleTemporaries(root);
  }

  private fileFor(isVolatile: boolean): { path: string; sync: boolean } {
    return this.table.files[isVolatile ? 1 : 0]!;
  }

  private views(table: RecordTable<StoredLayer>, readOnly: boolean): LayerRecord[] {
    return table.read(() => table.records.map((record) => viewLayer(record, readOnly)));
  }

  private tarSplitOf(id: string): string | undefined {
    const own = this.tarSplitPath(id);
    if (existsSync(own)) return own;
    return this.others
      .map((table) => `${table.files[0]!.path.replace(/layers\.json$/, '')}${id}.tar-split.gz`)
      .find((path) => existsSync(path));
  }

  private async *originalTar(tarSplit: string, id: string): AsyncGenerator<Uint8Array> {
    const { assembleTarSplit } = await import('../archive/tar-split.ts');
    yield* assembleTarSplit(tarSplit, this.driver.diffPaths(id));
  }

  private async *freshTar(id: string): AsyncGenerator<Uint8Array> {
    const { diffTar } = await import('../archive/diff-tar.ts');
    const record = this.get(id);
    if (!record) throw new LayerUnknown(id);
    const [upper, ...lowers] = this.driver.diffPaths(id);
    const idMappings = record.uidmap && record.gidmap ? { uids: record.uidmap, gids: record.gidmap } : undefined;
    yield* diffTar({ upper: upper!, lowers, xattrPrefix: this.driver.xattrPrefix, idMappings });
  }

  /** Where tar-split files grow before they are published: renames do not reach here from `overlay`, which is a mount of its own. */
  get temporaryRoot(): string {
    return `${this.directory}/tmp`;
  }
}

const isIncomplete = (record: StoredLayer): boolean => record.flags?.['incomplete'] === true;

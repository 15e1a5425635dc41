import { mkdirSync } from 'node:fs';
import type { StoreOptions } from '../config/storage-conf.ts';
import { LockFile } from '../os/locks.ts';
import { readBigData, storeBigData } from './big-data.ts';
import { ContainerNameInUse, ContainerUnknown, DuplicateId, ImageUnknown } from './errors.ts';
import { goTimeNow, sortedKeys } from './go-json.ts';
import { randomId } from './ids.ts';
import type { ImageStore } from './images.ts';
import type { LayerStore } from './layers.ts';
import { topLayerFor } from './mapped-layers.ts';
import { RecordTable } from './record-table.ts';
import { type ContainerRecord, containerFields, type IdMap, type StoredContainer, toStoredMaps, viewContainer } from './records.ts';
import { removeTree } from './remove-tree.ts';
import { TrashCan } from './trash-can.ts';

export interface NewContainer {
  id?: string;
  names: readonly string[];
  /** Image id, '' for one from scratch. */
  image: string;
  layerOptions?: {
    names?: string[];
    mountOpts?: string[];
    idMappings?: { uids: IdMap[]; gids: IdMap[] };
    mountLabel?: string;
    processLabel?: string;
  };
  metadata?: string;
  /** Its records need not survive a power loss. */
  volatile: boolean;
  flags?: Record<string, unknown>;
}

/** Records of containers and working containers. Format: storage.md 1.6. */
export class ContainerStore {
  private readonly table: RecordTable<StoredContainer>;
  private readonly root: string;
  private readonly runRoot: string;
  private readonly isTransient: boolean;

  constructor(
    options: StoreOptions,
    private readonly layers: LayerStore,
    private readonly images: ImageStore,
  ) {
    const kind = `${options.driver}-containers`;
    this.root = `${options.graphRoot}/${kind}`;
    this.runRoot = `${options.runRoot}/${kind}`;
    this.isTransient = options.transientStore;
    const volatileRoot = options.transientStore ? this.runRoot : this.root;
    this.table = new RecordTable<StoredContainer>({
      locks: [new LockFile(`${volatileRoot}/containers.lock`)],
      files: [
        { path: `${this.root}/containers.json`, sync: true },
        { path: `${volatileRoot}/volatile-containers.json`, sync: false },
      ],
      fields: containerFields,
    });
  }

  list(): ContainerRecord[] {
    return this.read(() => this.table.records.map(viewContainer));
  }

  /** By exact id, exact name, or the beginning of exactly one id. */
  find(idOrName: string): ContainerRecord | undefined {
    const found = this.read(() => this.table.find(idOrName));
    return found && viewContainer(found);
  }

  /** Makes a container with a layer of its own on top of the image's. @throws ContainerNameInUse, ImageUnknown */
  create(request: NewContainer): ContainerRecord {
    const { layers, images } = this;
    const options = request.layerOptions ?? {};
    const isVolatile = request.volatile || this.isTransient;
    return layers.write(() => {
      const image = request.image === '' ? undefined : images.find(request.image);
      if (request.image !== '' && !image) throw new ImageUnknown(request.image);
      return this.table.write(() => {
        const id = request.id ?? randomId();
        if (this.table.get(id)) throw new DuplicateId(id);
        for (const name of request.names) {
          const holder = this.table.byName(name);
          if (holder) throw new ContainerNameInUse(name, holder.id);
        }
        const maps = options.idMappings;
        // The kernel shows layers of the host's ids through the mappings; else they are copied with the owners that are wanted.
        const shifting = maps === undefined || layers.driver.canShiftIds(maps);
        const top = image?.layer === undefined ? undefined : topLayerFor(layers, images, image, shifting ? undefined : maps);
        const layer = layers.createReadWrite({
          names: options.names,
          parent: top,
          volatile: isVolatile,
          mountLabel: options.mountLabel,
          idMappings: shifting ? undefined : maps,
        });
        const record: StoredContainer = {
          id,
          names: request.names.length > 0 ? [...new Set(request.names)] : undefined,
          image: request.image,
          layer: layer.id,
          metadata: request.metadata || undefined,
          created: goTimeNow(),
          uidmap: toStoredMaps(maps?.uids),
          gidmap: toStoredMaps(maps?.gids),
          flags: sortedKeys<unknown>({
            MountLabel: options.mountLabel ?? '',
            ...(options.mountOpts?.length ? { MountOpts: options.mountOpts } : {}),
            ProcessLabel: options.processLabel ?? '',
            ...(isVolatile ? { Volatile: true } : {}),
            ...request.flags,
          }),
        };
        this.table.add(record, this.table.files[isVolatile ? 1 : 0]!);
        try {
          mkdirSync(this.directory(id), { recursive: true, mode: 0o700 });
          mkdirSync(this.runDirectory(id), { recursive: true, mode: 0o700 });
          this.table.save();
        } catch (error) {
          // A layer that no container names would stay for ever.
          using trash = new TrashCan();
          layers.takeAway(layer.id, trash);
          for (const root of this.roots) removeTree(`${root}/${id}`);
          throw error;
        }
        return viewContainer(record);
      });
    });
  }

  /** Removes a container, its layer and its directories, mounted or not. @throws ContainerUnknown */
  remove(id: string): void {
    using trash = new TrashCan();
    this.layers.write(() =>
      this.table.write(() => {
        const record = this.table.get(id);
        if (!record) throw new ContainerUnknown(id);
        // The layer first: a container without its layer can still be removed, a layer that nothing names could not.
        this.layers.takeAway(record.layer, trash);
        for (const root of [this.root, this.runRoot]) removeTree(`${root}/${id}`);
        this.table.remove(record);
      }),
    );
  }

  /** @throws ContainerUnknown, ContainerNameInUse */
  setNames(id: string, names: readonly string[]): void {
    this.change(id, (record) => {
      for (const name of names) {
        const holder = this.table.byName(name);
        if (holder && holder !== record) throw new ContainerNameInUse(name, holder.id);
      }
      record.names = names.length > 0 ? [...names] : undefined;
    });
  }

  setMetadata(id: string, metadata: string): void {
    this.change(id, (record) => {
      record.metadata = metadata || undefined;
    });
  }

  /** The directory that the container's owner keeps its files in. */
  directory(id: string): string {
    return `${this.root}/${id}/userdata`;
  }

  /** The same for what does not outlive a reboot. */
  runDirectory(id: string): string {
    return `${this.runRoot}/${id}/userdata`;
  }

  bigData(id: string, key: string): Uint8Array {
    return readBigData(`${this.root}/${id}`, id, key);
  }

  setBigData(id: string, key: string, data: Uint8Array): void {
    this.change(id, (record) => storeBigData(`${this.root}/${id}`, record, [{ key, data }], record.flags?.['Volatile'] !== true));
  }

  read<R>(step: () => R): R {
    return this.table.read(step);
  }

  write<R>(step: () => R): R {
    return this.table.write(step);
  }

  /** Each holds a directory for every container. */
  get roots(): string[] {
    return [this.root, this.runRoot];
  }

  close(): void {
    this.table.close();
  }

  private change(id: string, step: (record: StoredContainer) => void): void {
    this.table.write(() => {
      const record = this.table.get(id);
      if (!record) throw new ContainerUnknown(id);
      step(record);
      this.table.touch(record);
    });
  }
}

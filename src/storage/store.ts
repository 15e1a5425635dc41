import type { StoreOptions } from '../config/storage-conf.ts';
import { LockFile } from '../os/locks.ts';
import type { CheckOptions, CheckReport } from './check.ts';
import { ContainerStore } from './containers.ts';
import type { IdMappings } from './drivers/driver.ts';
import { ContainerUnknown, ImageUnknown, StoreInUse } from './errors.ts';
import { ImageStore } from './images.ts';
import { LayerStore } from './layers.ts';
import type { PartialDownloads } from './partial-downloads.ts';
import type { ContainerRecord } from './records.ts';

export type { ContainerRecord, ImageRecord, LayerRecord } from './records.ts';

/** A containers/storage on disk, which the real tools may use at the same moment. Opening it reads nothing; each part is read when asked for. */
export class Store implements Disposable {
  readonly layers: LayerStore;
  readonly images: ImageStore;
  readonly containers: ContainerStore;
  private partialDownloads: PartialDownloads | undefined;
  private readonly graphLock: LockFile;

  private constructor(readonly options: StoreOptions) {
    this.graphLock = new LockFile(`${options.graphRoot}/storage.lock`);
    this.layers = new LayerStore(options);
    this.images = new ImageStore(options, this.layers, () => this.containers);
    this.containers = new ContainerStore(options, this.layers, this.images);
  }

  /** What interrupted pulls have left to go on with. */
  get downloads(): PartialDownloads {
    const { PartialDownloads } = require('./partial-downloads.ts') as typeof import('./partial-downloads.ts');
    this.partialDownloads ??= new PartialDownloads(`${this.options.graphRoot}/downloads`);
    return this.partialDownloads;
  }

  static open(options: StoreOptions): Store {
    return new Store(options);
  }

  /** Mounts a container, by id or name, or a layer; mounts are counted. @returns the root directory  @throws ContainerUnknown */
  mount(idOrName: string, options: { options?: string[]; readOnly?: boolean } = {}): string {
    return this.guarded(() => {
      const container = this.containers.find(idOrName);
      const layer = container?.layer ?? idOrName;
      if (!container && !this.layers.get(layer)) throw new ContainerUnknown(idOrName);
      const configured = container?.flags['MountOpts'];
      return this.layers.mount(layer, {
        options: options.options ?? (Array.isArray(configured) ? (configured as string[]) : undefined),
        readOnly: options.readOnly,
        idMappings: container === undefined ? undefined : this.shiftedMaps(container),
        volatile: container?.volatile === true && !this.options.disableVolatile,
        label: typeof container?.flags['MountLabel'] === 'string' ? (container.flags['MountLabel'] as string) : undefined,
      });
    });
  }

  /** Takes one mount back, with `force` all of them. @returns whether it is mounted still */
  unmount(idOrName: string, force = false): boolean {
    return this.layers.unmount(this.containers.find(idOrName)?.layer ?? idOrName, force);
  }

  /** How often a container or layer is mounted. */
  mountCount(idOrName: string): number {
    return this.layers.mounts.count(this.containers.find(idOrName)?.layer ?? idOrName);
  }

  /** Mounts an image's layers for reading. @throws ImageUnknown */
  mountImage(idOrName: string, label?: string): string {
    return this.guarded(() => {
      const image = this.images.find(idOrName);
      if (!image?.layer) throw new ImageUnknown(idOrName);
      return this.layers.mount(image.layer, { readOnly: true, label });
    });
  }

  unmountImage(idOrName: string, force = false): boolean {
    const image = this.images.find(idOrName);
    if (!image?.layer) throw new ImageUnknown(idOrName);
    return this.layers.unmount(image.layer, force);
  }

  /**
   * Runs several steps under all locks at once, taken in the order that every tool keeps: for what creates a container, its layer
   * and its mount in one go. Never `await` within.
   */
  transaction<R>(step: () => R): R {
    return this.guarded(() => this.layers.write(() => this.images.write(() => this.containers.write(step))));
  }

  /**
   * Readies the store for being taken away: nothing stays mounted, others are told to look anew. Without `force` a mounted layer is a
   * reason to refuse. @returns the ids of layers that were mounted @throws StoreInUse
   */
  shutdown(force: boolean): string[] {
    return this.guarded(() =>
      this.layers.write(() => {
        const mounted = this.layers.mounts.ids();
        if (mounted.length > 0 && !force) throw new StoreInUse(mounted);
        for (const id of mounted) this.layers.unmount(id, true);
        this.graphLock.recordWrite();
        this.layers.driver.release();
        return mounted;
      }),
    );
  }

  /** Deletes what no record names. */
  garbageCollect(others: readonly string[] = []): void {
    const { collectGarbage } = require('./garbage.ts') as typeof import('./garbage.ts');
    collectGarbage(this, others);
  }

  /** What is damaged, missing or left over. */
  async check(options?: CheckOptions): Promise<CheckReport> {
    const { checkStore } = await import('./check.ts');
    return checkStore(this, options);
  }

  [Symbol.dispose](): void {
    this.layers.close();
    this.images.close();
    this.containers.close();
    this.graphLock.close();
  }

  /** The mappings to show a container's lower layers through; none where its layers have its ids already. */
  private shiftedMaps({ uidmap, gidmap }: ContainerRecord): IdMappings | undefined {
    if (uidmap === undefined || gidmap === undefined) return undefined;
    const maps = { uids: uidmap, gids: gidmap };
    return this.layers.driver.canShiftIds(maps) ? maps : undefined;
  }

  /** storage.lock keeps a tool from unmounting the store's home while another mounts in it. */
  private guarded<R>(step: () => R): R {
    this.graphLock.lockExclusive();
    try {
      return step();
    } finally {
      this.graphLock.unlock();
    }
  }
}

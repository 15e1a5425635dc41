import { tarTree } from '../archive/tree-tar.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import type { Labels } from '../container/spec/labels.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import type { OciImageConfig } from '../image/image-config.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import { randomId } from '../storage/ids.ts';
import { storeLayer } from '../storage/layer-staging.ts';
import type { ContainerRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { noLabels } from './build-labels.ts';
import { ContainerfileError } from './errors.ts';
import { type ImageTimes, withTimes } from './image-times.ts';

/** What a step works in: a container's root, mounted when it is asked for. */
export interface BuildRoot {
  readonly id: string;
  readonly name: string;
  readonly root: string;
  /** For files of a step's own beside the root. */
  readonly runDirectory: string;
  /** undefined: its ids are the host's. */
  readonly idMaps?: IdMappings | undefined;
  /** Of SELinux; empty where nothing is labelled. */
  readonly labels?: Labels;
}

/** A container of the store in which steps of a build work; podman and buildah list it as an external one. */
export class WorkingContainer implements BuildRoot {
  private path: string | undefined;
  private removed = false;

  private constructor(
    private readonly store: Store,
    private readonly record: ContainerRecord,
    readonly idMaps: IdMappings | undefined,
    readonly labels: Labels,
  ) {}

  static create(store: Store, base: { imageId?: string; imageName?: string; idMaps?: IdMappings; labels?: Labels }): WorkingContainer {
    const name = freeName(store, base.imageName);
    const record = store.containers.create({
      names: [name],
      image: base.imageId ?? '',
      layerOptions: {
        ...(base.idMaps ? { idMappings: base.idMaps } : {}),
        ...(base.labels?.mount ? { mountLabel: base.labels.mount, processLabel: base.labels.process } : {}),
      },
      metadata: '',
      volatile: true,
    });
    return new WorkingContainer(store, record, base.idMaps, base.labels ?? noLabels);
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.names[0]!;
  }

  /** Where a step may keep files of its own beside the root; removed with the container. */
  get runDirectory(): string {
    return this.store.containers.runDirectory(this.id);
  }

  /** The root, mounted when first asked for. */
  get root(): string {
    this.path ??= this.store.mount(this.id);
    return this.path;
  }

  /** Makes the directory that the image works in, for the user that it works as. */
  ensureDirectory({ WorkingDir, User }: OciImageConfig): void {
    if (!WorkingDir || WorkingDir === '/') return;
    using root = new Rootfs(this.root, this.idMaps);
    if (root.exists(WorkingDir)) return;
    const { uid, gid } = new UserDatabase(root).find(User ?? '');
    root.makeDirectory(WorkingDir, 0o755, uid, gid);
  }

  /** @throws ContainerfileError for a path on whose way links lead in a circle */
  checkPaths(paths: readonly string[]): void {
    using root = new Rootfs(this.root);
    for (const path of paths) {
      try {
        root.kind(path);
      } catch {
        throw new ContainerfileError(`open ${path}: too many levels of symbolic links`);
      }
    }
  }

  /**
   * Makes a layer of what was changed, or with `whole` of the root as it stands, and answers its id. The container itself stays as it is.
   */
  async commitLayer(options: { parent?: string; whole: boolean; times: ImageTimes }): Promise<string> {
    const { store } = this;
    const source = options.whole ? tarTree(this.root, { idMappings: this.idMaps }) : store.layers.diffTar(this.record.layer, this.idMaps);
    return await storeLayer(store, withTimes(source, options.times), options.parent);
  }

  /** Leaves the container to the user, unmounted. */
  async release(): Promise<void> {
    if (this.removed) return;
    this.removed = true;
    if (this.path !== undefined) this.store.unmount(this.id);
  }

  /** Repeatable. */
  async remove(): Promise<void> {
    if (this.removed) return;
    this.removed = true;
    if (this.path !== undefined) this.store.unmount(this.id);
    this.store.containers.remove(this.id);
  }
}

/** `busybox-working-container`, and with a number where that is taken. */
function freeName(store: Store, imageName: string | undefined): string {
  const prefix = imageName === undefined ? '' : `${imageName.split(':')[0]!.split('/').at(-1)}-`;
  const taken = new Set(store.containers.list().flatMap((container) => container.names));
  const name = `${prefix}working-container`;
  if (!taken.has(name)) return name;
  for (let i = 1; i < 10_000; i++) if (!taken.has(`${name}-${i}`)) return `${name}-${i}`;
  return `${name}-${randomId().slice(0, 8)}`;
}

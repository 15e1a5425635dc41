import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import type { StoreOptions } from '../../config/storage-conf.ts';
import type { TrashCan } from '../trash-can.ts';
import { chownTree } from './chown-tree.ts';
import { type DriverLayerOptions, type IdMappings, mappedRoot, type RootAttributes, type StorageDriver } from './driver.ts';
import { CopyFailed, LayerFilesMissing } from './errors.ts';
import { applyOverlayDiff } from './overlay-diff.ts';

const ROOT_MODE = 0o555;

/** Each layer as a whole tree, a copy of its parent's: slow and large, but it needs nothing of the kernel. Format: storage.md 1.2, 4.2. */
export class VfsDriver implements StorageDriver {
  readonly name = 'vfs';
  /** Layers are unpacked aside as overlay keeps them, and carried out upon the copy of the parent when they are installed. */
  readonly whiteouts = 'overlay';
  readonly forcedMask = undefined;
  readonly xattrPrefix;
  private readonly home: string;
  private readonly imageHome: string | undefined;
  private readonly otherHomes: string[];

  constructor(options: StoreOptions) {
    this.home = `${options.graphRoot}/vfs`;
    this.imageHome = options.imageStore === undefined ? undefined : `${options.imageStore}/vfs`;
    this.otherHomes = options.additionalImageStores.map((store) => `${store}/vfs`);
    if (this.imageHome !== undefined) this.otherHomes.push(this.imageHome);
    this.xattrPrefix = options.rootless ? ('user.overlay.' as const) : ('trusted.overlay.' as const);
  }

  createLayer(id: string, parent: string | undefined, options: DriverLayerOptions): void {
    const home = options.writable ? this.home : (this.imageHome ?? this.home);
    const directory = `${home}/dir/${id}`;
    mkdirSync(`${home}/dir`, { recursive: true, mode: 0o700 });
    if (parent !== undefined) {
      copyTree(this.diffPath(parent), directory);
      return;
    }
    mkdirSync(directory);
    chmodSync(directory, ROOT_MODE);
    chownSync(directory, mappedRoot(options.idMappings?.uids), mappedRoot(options.idMappings?.gids));
  }

  installDiff(id: string, staged: string): void {
    applyOverlayDiff(staged, this.diffPath(id), this.xattrPrefix);
  }

  removeLayer(id: string, trash: TrashCan): void {
    const directory = this.diffPath(id);
    if (existsSync(directory)) trash.take(directory, `${directory.slice(0, -`/dir/${id}`.length)}/tempdirs`);
  }

  exists(id: string): boolean {
    return existsSync(this.diffPath(id));
  }

  canShiftIds(): boolean {
    return false;
  }

  createMappedCopy(id: string, template: string, from: IdMappings | undefined, to: IdMappings | undefined): void {
    this.createLayer(id, template, { writable: false });
    chownTree(this.diffPath(id), from, to);
  }

  /** The tree itself. */
  mount(id: string): string {
    return this.diffPath(id);
  }

  isMounted(path: string): boolean {
    return existsSync(path);
  }

  unmount(): void {
    // Nothing was mounted.
  }

  release(): void {
    // Nothing was taken.
  }

  diffPath(id: string): string {
    const own = `${this.home}/dir/${id}`;
    if (this.otherHomes.length === 0 || existsSync(own)) return own;
    return this.otherHomes.map((home) => `${home}/dir/${id}`).find((path) => existsSync(path)) ?? own;
  }

  diffPaths(id: string): string[] {
    return [this.diffPath(id)];
  }

  rootAttributes(parent: string | undefined, idMappings: IdMappings | undefined): RootAttributes {
    if (parent === undefined) return { mode: ROOT_MODE, uid: mappedRoot(idMappings?.uids), gid: mappedRoot(idMappings?.gids) };
    const stat = statSync(this.diffPath(parent), { throwIfNoEntry: false });
    if (stat === undefined) throw new LayerFilesMissing(this.diffPath(parent));
    return { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  }

  temporaryRoot(forImages: boolean): string {
    return `${forImages ? (this.imageHome ?? this.home) : this.home}/tempdirs`;
  }

  temporaryRoots(): string[] {
    return [this.home, ...(this.imageHome === undefined ? [] : [this.imageHome])].map((home) => `${home}/tempdirs`);
  }

  layerIds(): string[] {
    return [this.home, ...(this.imageHome === undefined ? [] : [this.imageHome])].flatMap((home) => {
      try {
        return readdirSync(`${home}/dir`);
      } catch {
        return [];
      }
    });
  }

  metadata(id: string): Record<string, string> {
    return { Dir: this.diffPath(id) };
  }
}

/** With owners, times, attributes, links and holes; shared blocks where the file system can. */
function copyTree(from: string, to: string): void {
  const result = spawnSync('cp', ['-a', '--reflink=auto', '--', from, to], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (result.status !== 0) throw new CopyFailed(from, to, result.stderr?.trim() || String(result.error?.message));
}

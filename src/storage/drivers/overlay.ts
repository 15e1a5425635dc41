import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { StoreOptions } from '../../config/storage-conf.ts';
import { isMountPoint, MNT_DETACH, unmount } from '../../os/mount.ts';
import { setXattr } from '../../os/xattr.ts';
import { randomLinkId } from '../ids.ts';
import { TrashCan } from '../trash-can.ts';
import {
  type DriverLayerOptions,
  type DriverMountOptions,
  type IdMappings,
  mappedRoot,
  type RootAttributes,
  type StorageDriver,
} from './driver.ts';
import { LayerFilesMissing, LayerMissing, OwnerNotMapped, TooManyLayers } from './errors.ts';
import { canShiftIds } from './id-shifting.ts';
import { mountOverlay } from './overlay-mount.ts';
import type { OverlayLayers } from './overlay-plan.ts';
import { unmountOverlay } from './overlay-unmount.ts';

const MAX_LOWERS = 500;
const ROOT_MODE = 0o555;

/** Layers as directories that the kernel's overlay (or a mount program such as fuse-overlayfs) stacks. Format: storage.md 1.2, 1.11. */
export class OverlayDriver implements StorageDriver, OverlayLayers {
  readonly name = 'overlay';
  readonly whiteouts;
  readonly xattrPrefix;
  readonly home: string;
  readonly runHome: string;
  private readonly imageHome: string | undefined;
  private readonly otherHomes: string[];
  readonly mountProgram: string | undefined;
  private readonly prepared = new Set<string>();

  constructor(readonly options: StoreOptions) {
    this.home = `${options.graphRoot}/overlay`;
    this.runHome = `${options.runRoot}/overlay`;
    this.imageHome = options.imageStore === undefined ? undefined : `${options.imageStore}/overlay`;
    this.otherHomes = options.additionalImageStores.map((store) => `${store}/overlay`);
    if (this.imageHome !== undefined) this.otherHomes.unshift(this.imageHome);
    this.mountProgram = options.driverOptions['mount_program'] || undefined;
    this.whiteouts = 'overlay' as const;
    this.xattrPrefix = options.rootless ? ('user.overlay.' as const) : ('trusted.overlay.' as const);
  }

  createLayer(id: string, parent: string | undefined, options: DriverLayerOptions): void {
    const home = options.writable ? this.home : (this.imageHome ?? this.home);
    this.prepare(home);
    const attributes = this.rootAttributes(parent, options.idMappings);
    const directory = `${home}/${id}`;
    this.makeLayerDirectory(home, id, options.idMappings);
    const forced = this.forcedMask === undefined ? attributes : { ...attributes, mode: this.forcedMask };
    makeDirectory(`${directory}/diff`, forced);
    if (this.forcedMask !== undefined) overrideStat(`${directory}/diff`, attributes);
    const link = randomLinkId();
    symlinkSync(`../${id}/diff`, `${home}/l/${link}`);
    writeFileSync(`${directory}/link`, link, { mode: 0o644 });
    const owner = { ...forced, mode: 0o700 };
    makeDirectory(`${directory}/work`, owner);
    makeDirectory(`${directory}/merged`, owner);
    if (parent === undefined) makeDirectory(`${directory}/empty`, owner);
    else this.writeLowers(directory, parent);
  }

  installDiff(id: string, staged: string): void {
    const diff = this.diffPath(id);
    rmdirSync(diff);
    renameSync(staged, diff);
  }

  removeLayer(id: string, trash: TrashCan): void {
    const directory = this.directoryOf(id);
    const link = readIfThere(`${directory}/link`);
    const root = `${dirname(directory)}/tempdirs`;
    if (link) trash.take(`${dirname(directory)}/l/${basename(link)}`, root);
    if (link !== undefined || existsSync(directory)) trash.take(directory, root);
  }

  exists(id: string): boolean {
    return existsSync(this.directoryOf(id));
  }

  canShiftIds(idMappings: IdMappings): boolean {
    return canShiftIds(this, idMappings);
  }

  /** Upon the template, a layer of all its files copied up and chowned; that becomes `diff1`, below a diff that stays empty. */
  createMappedCopy(id: string, template: string, from: IdMappings | undefined, to: IdMappings | undefined): void {
    const { chownTree } = require('./chown-tree.ts') as typeof import('./chown-tree.ts');
    this.createLayer(id, template, { writable: false, idMappings: to });
    const directory = this.directoryOf(id);
    const { mode } = statSync(`${directory}/diff`);
    const merged = this.mount(id, {});
    try {
      chownTree(merged, from, to);
    } finally {
      this.unmount(id);
    }
    renameSync(`${directory}/diff`, `${directory}/diff1`);
    rmSync(`${directory}/work`, { recursive: true, force: true });
    const owner = { uid: mappedRoot(to?.uids), gid: mappedRoot(to?.gids) };
    makeDirectory(`${directory}/work`, { ...owner, mode: 0o700 });
    makeDirectory(`${directory}/diff`, { ...owner, mode: mode & 0o7777 });
  }

  mount(id: string, options: DriverMountOptions): string {
    this.prepare(this.home);
    return mountOverlay(this, id, options);
  }

  isMounted(path: string): boolean {
    return isMountPoint(path);
  }

  unmount(id: string): void {
    unmountOverlay(this, id);
  }

  diffPath(id: string): string {
    return `${this.directoryOf(id)}/diff`;
  }

  diffPaths(id: string): string[] {
    return [this.diffPath(id), ...this.lowerDirectories(id).map((directory) => `${directory}/diff`)];
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

  release(): void {
    unmount(this.home, MNT_DETACH);
  }

  layerIds(): string[] {
    const homes = this.imageHome === undefined ? [this.home] : [this.home, this.imageHome];
    return homes.flatMap((home) => layerDirectories(home));
  }

  metadata(id: string): Record<string, string> {
    const directory = this.directoryOf(id);
    const lowers = this.lowerDirectories(id).map((lower) => `${lower}/diff`);
    return {
      ...(lowers.length > 0 ? { LowerDir: lowers.join(':') } : {}),
      MergedDir: `${directory}/merged`,
      UpperDir: `${directory}/diff`,
      WorkDir: `${directory}/work`,
    };
  }

  /** The layer's directory, in this store or in one that it also reads. */
  directoryOf(id: string): string {
    const own = `${this.home}/${id}`;
    if (this.otherHomes.length === 0 || existsSync(own)) return own;
    const other = this.otherHomes.find((home) => existsSync(`${home}/${id}`));
    return other === undefined ? own : `${other}/${id}`;
  }

  isInOtherStore(directory: string): boolean {
    return !directory.startsWith(`${this.home}/`);
  }

  /** The directories of the layers below, nearest first. */
  lowerDirectories(id: string): string[] {
    const directory = this.directoryOf(id);
    const ids = readIfThere(`${directory}/lower-layers`);
    if (ids) return this.checkDepth(ids.split(':')).map((lower) => this.directoryOf(lower));
    const links = readIfThere(`${directory}/lower`);
    return links ? this.checkDepth(links.split(':')).map((link) => this.resolveLink(link)) : [];
  }

  private checkDepth(lowers: string[]): string[] {
    if (lowers.length > MAX_LOWERS) throw new TooManyLayers();
    return lowers;
  }

  /** `l/NAME` to the directory of the layer; links lost in a crash are made again from the `link` files. */
  private resolveLink(link: string): string {
    const found = this.readLink(link);
    if (found !== undefined) return found;
    this.recreateLinks();
    const again = this.readLink(link);
    if (again === undefined) throw new LayerMissing(`${this.home}/${link}`);
    return again;
  }

  private readLink(link: string): string | undefined {
    for (const home of [this.home, ...this.otherHomes]) {
      try {
        return `${home}/${basename(dirname(readlinkSync(`${home}/${link}`)))}`;
      } catch {
        // not in this store
      }
    }
    return undefined;
  }

  private recreateLinks(): void {
    for (const home of this.imageHome === undefined ? [this.home] : [this.home, this.imageHome]) {
      mkdirSync(`${home}/l`, { recursive: true, mode: 0o755 });
      for (const id of layerDirectories(home)) {
        const link = readIfThere(`${home}/${id}/link`)?.trim();
        if (link && !existsSync(`${home}/l/${link}`)) symlinkSync(`../${id}/diff`, `${home}/l/${link}`);
      }
    }
  }

  private makeLayerDirectory(home: string, id: string, idMappings: IdMappings | undefined): void {
    const owner = { mode: 0o700, uid: mappedRoot(idMappings?.uids), gid: mappedRoot(idMappings?.gids) };
    try {
      makeDirectory(`${home}/${id}`, owner);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EEXIST') throw error;
      this.clearLeftover(id);
      makeDirectory(`${home}/${id}`, owner);
    }
  }

  private clearLeftover(id: string): void {
    using trash = new TrashCan();
    this.removeLayer(id, trash);
  }

  private writeLowers(directory: string, parent: string): void {
    const parentDirectory = this.directoryOf(parent);
    let link = readIfThere(`${parentDirectory}/link`);
    if (link === undefined) {
      this.restoreLinkFile(parentDirectory);
      link = readFileSync(`${parentDirectory}/link`, 'utf8');
    }
    const lower = readIfThere(`${parentDirectory}/lower`);
    writeFileSync(`${directory}/lower`, lower ? `l/${link}:${lower}` : `l/${link}`, { mode: 0o644 });
    const ids = [parent, ...this.lowerDirectories(parent).map((below) => basename(below))];
    writeFileSync(`${directory}/lower-layers`, ids.join(':'), { mode: 0o644 });
  }

  private restoreLinkFile(directory: string): void {
    const links = `${dirname(directory)}/l`;
    const target = `../${basename(directory)}/diff`;
    const link = readdirSync(links).find((name) => readlinkSync(`${links}/${name}`) === target);
    if (link === undefined) throw new LayerMissing(directory);
    writeFileSync(`${directory}/link`, link, { mode: 0o644 });
  }

  get forcedMask(): number | undefined {
    const mask = this.options.driverOptions['force_mask'];
    if (!mask) return undefined;
    if (mask === 'shared') return 0o755;
    return mask === 'private' ? 0o700 : Number.parseInt(mask, 8);
  }

  /** Makes what a fresh home needs; leaves word for other tools whether the layers are made for a mount program. */
  private prepare(home: string): void {
    if (this.prepared.has(home)) return;
    this.prepared.add(home);
    if (!existsSync(`${home}/l`)) {
      mkdirSync(`${home}/l`, { recursive: true, mode: 0o755 });
      for (const path of [home, `${home}/l`]) chmodSync(path, 0o755);
    }
    const flag = `${home}/.has-mount-program`;
    if (home === this.home && !existsSync(flag)) writeFileSync(flag, String(this.mountProgram !== undefined), { mode: 0o600 });
  }
}

const notLayers = new Set(['l', 'tempdirs', 'staging']);

function layerDirectories(home: string): string[] {
  try {
    return readdirSync(home, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !notLayers.has(entry.name))
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** mkdir with exactly this mode and owner, whatever the umask. */
function makeDirectory(path: string, { mode, uid, gid }: RootAttributes): void {
  mkdirSync(path, mode);
  if ((mode & (0o7000 | process.umask())) !== 0) chmodSync(path, mode);
  if (uid === 0 && gid === 0) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    throw new OwnerNotMapped(uid, gid, path);
  }
}

function overrideStat(path: string, { mode, uid, gid }: RootAttributes): void {
  setXattr(path, 'user.containers.override_stat', Buffer.from(`${uid}:${gid}:${mode.toString(8).padStart(4, '0')}:dir`));
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

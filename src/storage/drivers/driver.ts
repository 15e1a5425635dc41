import type { IdMap } from '../records.ts';
import type { TrashCan } from '../trash-can.ts';

export interface IdMappings {
  uids: IdMap[];
  gids: IdMap[];
}

export interface DriverLayerOptions {
  /** A container's layer, as opposed to an image's: it stays in the graph root even where images have a root of their own. */
  writable: boolean;
  idMappings?: IdMappings;
}

export interface DriverMountOptions {
  /** Mount options instead of the configured ones. */
  options?: string[];
  readOnly?: boolean;
  volatile?: boolean;
  label?: string;
  idMappings?: IdMappings;
}

/** What keeps the trees of layers. Every call is made under the write lock of the layer store, but for those that only read. */
export interface StorageDriver {
  readonly name: 'overlay' | 'vfs';
  /** How layers hold deletions: as overlay's devices and attributes, or done. */
  readonly whiteouts: 'overlay' | 'apply';
  /** The mode that all files of layers get, whatever theirs is; undefined: their own. */
  readonly forcedMask: number | undefined;
  readonly xattrPrefix: 'trusted.overlay.' | 'user.overlay.';
  createLayer(id: string, parent: string | undefined, options: DriverLayerOptions): void;
  /** Puts a tree that was unpacked elsewhere on the same file system in the place of a new layer's empty one. */
  installDiff(id: string, staged: string): void;
  /** Takes a layer's files away by renames. Repeatable; what is gone already is fine. */
  removeLayer(id: string, trash: TrashCan): void;
  exists(id: string): boolean;
  /** Can a container with these mappings use layers with the host's ids? Otherwise it needs a copy with its own. */
  canShiftIds(idMappings: IdMappings): boolean;
  /** A new, read-only layer with the content of another and other owners. */
  createMappedCopy(id: string, template: string, from: IdMappings | undefined, to: IdMappings | undefined): void;
  mount(id: string, options: DriverMountOptions): string;
  isMounted(path: string): boolean;
  unmount(id: string): void;
  /** The directory that holds a layer's own files. */
  diffPath(id: string): string;
  /** The directories whose files a layer's tar-split may name: its own first, then those below, nearest first. */
  diffPaths(id: string): string[];
  /** Owner and mode that a new layer's root directory gets: its parent's. */
  rootAttributes(parent: string | undefined, idMappings: IdMappings | undefined): RootAttributes;
  /** Where things grow and die, on the file system of the layers. */
  temporaryRoot(forImages: boolean): string;
  temporaryRoots(): string[];
  /** Lets go of the store's directory; the next use takes it again. */
  release(): void;
  /** All layer ids that have a directory. */
  layerIds(): string[];
  /** What `podman inspect` shows of a layer, e.g. LowerDir. */
  metadata(id: string): Record<string, string>;
}

export interface RootAttributes {
  mode: number;
  uid: number;
  gid: number;
}

/** The host id that stands for root inside the mappings. */
export function mappedRoot(maps: IdMap[] | undefined): number {
  if (maps === undefined || maps.length === 0) return 0;
  const holder = maps.find((map) => map.containerId <= 0 && map.containerId + map.size > 0);
  return holder === undefined ? 0 : holder.hostId - holder.containerId;
}

import { chmodSync, chownSync, existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { RangeLocks } from '../os/range-lock.ts';
import { randomId } from '../storage/ids.ts';
import { removeTree } from '../storage/remove-tree.ts';
import {
  AmbiguousVolume,
  InvalidVolume,
  NoSuchVolume,
  VolumeExists,
  VolumeInUse,
  type VolumeRecord,
  validateVolumeName,
} from './volume.ts';
import { mountVolume, needsMount, unmountVolume } from './volume-mount.ts';

/** Where records are kept: the state database's documents. */
export interface VolumeDocuments {
  putDocument(kind: string, key: string, value: unknown): void;
  addDocument(kind: string, key: string, value: unknown): boolean;
  document<T>(kind: string, key: string): T | undefined;
  documents<T>(kind: string): { key: string; value: T }[];
  removeDocument(kind: string, key: string): boolean;
}

/** Mounting of images, for volumes with `--driver image`. */
export interface ImageMounts {
  mountImage(image: string): string;
  unmountImage(image: string): void;
}

export interface VolumeRequest {
  name?: string;
  driver?: string;
  labels?: Record<string, string>;
  options?: Record<string, string>;
  uid?: number;
  gid?: number;
  /** Owner was given: it is not changed at the first mount. */
  keepOwner?: boolean;
  anonymous?: boolean;
}

const kind = 'volume';
const localOptions = ['o', 'type', 'device', 'uid', 'gid', 'size', 'inodes', 'noquota', 'copy', 'nocopy'];

/**
 * The named volumes. A record is written before the directory is made and removed after the directory is gone, so that a directory
 * without record is always somebody else's.
 */
export class VolumeStore implements Disposable {
  private readonly locks: RangeLocks;

  constructor(
    private readonly documents: VolumeDocuments,
    readonly path: string,
    lockDirectory: string,
    private readonly images?: ImageMounts,
  ) {
    this.locks = new RangeLocks(join(lockDirectory, 'volumes.lock'));
  }

  /** All volumes by name. */
  list(): VolumeRecord[] {
    return this.documents.documents<VolumeRecord>(kind).map(({ value }) => value);
  }

  get(name: string): VolumeRecord | undefined {
    return this.documents.document<VolumeRecord>(kind, name);
  }

  /** By name or unique beginning of one. @throws NoSuchVolume AmbiguousVolume */
  lookup(nameOrPrefix: string): VolumeRecord {
    const exact = nameOrPrefix === '' ? undefined : this.get(nameOrPrefix);
    if (exact) return exact;
    const matches = nameOrPrefix === '' ? [] : this.list().filter(({ name }) => name.startsWith(nameOrPrefix));
    if (matches.length > 1) throw new AmbiguousVolume(nameOrPrefix);
    const [match] = matches;
    if (!match) throw new NoSuchVolume(nameOrPrefix);
    return match;
  }

  /** Makes an empty volume. @throws VolumeExists InvalidVolume */
  create(request: VolumeRequest): VolumeRecord {
    const name = request.name || randomId();
    validateVolumeName(name);
    const driver = request.driver || 'local';
    if (driver !== 'local' && driver !== 'image')
      throw new InvalidVolume(
        `volume ${name} uses volume plugin ${driver} but it could not be retrieved: no volume plugin with name ${driver} available: required plugin missing`,
      );
    if (this.get(name)) throw new VolumeExists(name);
    const options = request.options ?? {};
    this.validateOptions(driver, options);
    const root = join(this.path, name);
    const record: VolumeRecord = {
      name,
      driver,
      mountPoint: join(root, '_data'),
      created: new Date().toISOString(),
      labels: request.labels ?? {},
      options,
      uid: request.uid ?? 0,
      gid: request.gid ?? 0,
      anonymous: request.anonymous ?? false,
      adopted: existsSync(join(root, '_data')),
      needsCopyUp: driver === 'local',
      needsChown: !request.keepOwner,
      copiedUp: false,
      mountCount: 0,
    };
    if (!this.documents.addDocument(kind, name, record)) throw new VolumeExists(name);
    if (!record.adopted) this.makeDirectory(record);
    return record;
  }

  private makeDirectory(record: VolumeRecord): void {
    const root = join(this.path, record.name);
    mkdirSync(root, { recursive: true, mode: 0o700 });
    mkdirSync(record.mountPoint, { recursive: true });
    chmodSync(record.mountPoint, 0o755);
    if (record.uid !== 0 || record.gid !== 0) {
      chownSync(root, record.uid, record.gid);
      chownSync(record.mountPoint, record.uid, record.gid);
    }
  }

  private validateOptions(driver: string, options: Record<string, string>): void {
    for (const [key, value] of Object.entries(options)) {
      const known = driver === 'local' ? localOptions : ['image'];
      if (!known.includes(key.toLowerCase()))
        throw new InvalidVolume(`invalid mount option ${key} for driver '${driver}': invalid argument`);
      if (key.toLowerCase() === 'device' && options['type']?.toLowerCase() === 'bind' && !existsSync(value))
        throw new InvalidVolume(`invalid volume option ${key} for driver 'local': faccessat ${value}: no such file or directory`);
    }
    if (driver === 'image' && !options['image'])
      throw new InvalidVolume('must provide an image name when creating a volume with the image driver: invalid argument');
    const limited = options['SIZE'] !== undefined || options['INODES'] !== undefined;
    if (limited && options['NOQUOTA']) throw new InvalidVolume('volume options size and inodes cannot be used without quota');
    if (options['type'] === 'tmpfs') {
      if (options['INODES'] !== undefined) throw new InvalidVolume('volume option inodes not supported on tmpfs filesystem');
    } else if (limited) {
      throw new InvalidVolume('volume options size and inodes not supported. Filesystem does not support Project Quota');
    }
  }

  /** Replaces a record; the caller holds the volume's lock. */
  save(record: VolumeRecord): void {
    this.documents.putDocument(kind, record.name, record);
  }

  /** Runs `work` with the volume locked against other processes and its record read anew. @throws NoSuchVolume */
  withLock<T>(name: string, work: (record: VolumeRecord) => T): T {
    const offset = BigInt(`0x${sha256Hex(name).slice(0, 15)}`);
    mkdirSync(join(this.locks.path, '..'), { recursive: true, mode: 0o700 });
    this.locks.lock(offset);
    try {
      const record = this.get(name);
      if (!record) throw new NoSuchVolume(name);
      return work(record);
    } finally {
      this.locks.unlock(offset);
    }
  }

  /** Makes the volume's files reachable, and returns where. Each call wants an `unmount`. */
  mount(name: string): string {
    return this.withLock(name, (record) => this.mountLocked(record));
  }

  /** The same for a caller that holds the lock. */
  mountLocked(record: VolumeRecord): string {
    if (!needsMount(record)) {
      if (!existsSync(record.mountPoint)) this.makeDirectory(record);
      return record.mountPoint;
    }
    if (record.mountCount === 0) {
      if (record.driver === 'image') record.imageMount = this.images?.mountImage(record.options['image'] ?? '') ?? '';
      else mountVolume(record);
    }
    record.mountCount++;
    this.save(record);
    return record.imageMount || record.mountPoint;
  }

  unmount(name: string, force = false): void {
    this.withLock(name, (record) => {
      if (!needsMount(record) || record.mountCount === 0) return;
      record.mountCount = force ? 0 : record.mountCount - 1;
      if (record.mountCount === 0) {
        if (record.driver === 'image') {
          this.images?.unmountImage(record.options['image'] ?? '');
          delete record.imageMount;
        } else unmountVolume(record);
      }
      this.save(record);
    });
  }

  /** Removes a volume and its files. @throws VolumeInUse */
  remove(name: string, users: readonly string[]): void {
    if (users.length > 0) throw new VolumeInUse(name, [...users]);
    this.unmount(name, true);
    this.withLock(name, (record) => {
      if (!record.adopted) {
        const root = join(this.path, name);
        removeTree(record.mountPoint);
        try {
          rmdirSync(root);
        } catch {
          removeTree(root);
        }
      }
      this.documents.removeDocument(kind, name);
    });
  }

  [Symbol.dispose](): void {
    this.locks[Symbol.dispose]();
  }
}

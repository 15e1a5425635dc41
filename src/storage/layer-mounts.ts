import { mkdirSync, readFileSync } from 'node:fs';
import { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { DriverMountOptions, StorageDriver } from './drivers/driver.ts';
import { StoreDamaged } from './errors.ts';
import { goJson } from './go-json.ts';

interface MountPoint {
  id: string;
  path: string;
  count: number;
}

/**
 * Mounts of layers, counted over all processes. Within the write lock of the layer store, the questions apart. Format: storage.md 1.4,
 * mountpoints.json.
 */
export class LayerMounts {
  private readonly lock: LockFile;
  private readonly file: string;
  private points: MountPoint[] = [];
  private seen: string | undefined;

  constructor(
    private readonly directory: string,
    private readonly driver: () => StorageDriver,
  ) {
    this.lock = new LockFile(`${directory}/mountpoints.lock`);
    this.file = `${directory}/mountpoints.json`;
  }

  /** Mounts a layer, or counts one more user of its mount. @returns where */
  mount(id: string, options: DriverMountOptions): string {
    return this.changing(() => {
      const point = this.live(id);
      const path = point?.path ?? this.driver().mount(id, options);
      this.set(id, path, (point?.count ?? 0) + 1);
      return path;
    });
  }

  /** Takes one use of the mount back, with `force` all. Repeatable. @returns whether it is mounted still */
  unmount(id: string, force: boolean): boolean {
    return this.changing(() => {
      const point = this.points.find((other) => other.id === id);
      if (point !== undefined && point.count > 1 && !force) {
        this.set(id, point.path, point.count - 1);
        return true;
      }
      this.driver().unmount(id);
      if (point !== undefined) this.set(id, point.path, 0);
      return false;
    });
  }

  /** How many users the layer's mount has. */
  count(id: string): number {
    return this.reading(() => this.live(id)?.count ?? 0);
  }

  /** Where the layer is mounted now; undefined where it is not. */
  path(id: string): string | undefined {
    return this.reading(() => this.live(id)?.path);
  }

  /** Whether the layer is on record as mounted, be it so or not. */
  has(id: string): boolean {
    return this.reading(() => this.points.some((point) => point.id === id));
  }

  /** The layers on record. */
  ids(): string[] {
    return this.reading(() => this.points.map((point) => point.id));
  }

  close(): void {
    this.lock.close();
  }

  /** A record is believed only while the kernel agrees: after a reboot it may be all that is left. */
  private live(id: string): MountPoint | undefined {
    const point = this.points.find((other) => other.id === id);
    return point !== undefined && this.driver().isMounted(point.path) ? point : undefined;
  }

  private reading<R>(step: () => R): R {
    this.lock.lockShared();
    try {
      this.refresh();
      return step();
    } finally {
      this.lock.unlock();
    }
  }

  private changing<R>(step: () => R): R {
    this.lock.lockExclusive();
    try {
      this.refresh();
      return step();
    } finally {
      this.lock.unlock();
    }
  }

  private set(id: string, path: string, count: number): void {
    this.points = this.points.filter((point) => point.id !== id);
    if (count > 0) this.points.push({ id, path, count });
    this.seen = this.lock.recordWrite();
    try {
      writeFileAtomically(this.file, goJson(this.points), 0o600, false);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileAtomically(this.file, goJson(this.points), 0o600, false);
    }
  }

  private refresh(): void {
    const lastWrite = this.lock.lastWrite();
    if (this.seen === lastWrite) return;
    this.points = readPoints(this.file);
    this.seen = lastWrite;
  }
}

function readPoints(path: string): MountPoint[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return text === '' ? [] : ((JSON.parse(text) as MountPoint[] | null) ?? []);
  } catch (error) {
    throw new StoreDamaged(path, 'not JSON', { cause: error });
  }
}

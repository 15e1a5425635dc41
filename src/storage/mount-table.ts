import { mkdirSync, readFileSync } from 'node:fs';
import { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { goJson } from './go-json.ts';

interface MountPoint {
  id: string;
  path: string;
  count: number;
}

/** How often each layer is mounted, counted over all processes. Format: storage.md 1.4, mountpoints.json. */
export class MountTable {
  private readonly lock: LockFile;
  private readonly path: string;
  private points: MountPoint[] = [];
  private seen: string | undefined;

  constructor(private readonly directory: string) {
    this.lock = new LockFile(`${directory}/mountpoints.lock`);
    this.path = `${directory}/mountpoints.json`;
  }

  get(id: string): MountPoint | undefined {
    this.lock.lockShared();
    try {
      this.refresh();
      return this.points.find((point) => point.id === id);
    } finally {
      this.lock.unlock();
    }
  }

  list(): readonly MountPoint[] {
    this.lock.lockShared();
    try {
      this.refresh();
      return this.points;
    } finally {
      this.lock.unlock();
    }
  }

  /** Runs a step that changes counts; `set` within it is written at once. */
  change<R>(step: (get: (id: string) => MountPoint | undefined, set: (id: string, path: string, count: number) => void) => R): R {
    this.lock.lockExclusive();
    try {
      this.refresh();
      return step(
        (id) => this.points.find((point) => point.id === id),
        (id, path, count) => this.set(id, path, count),
      );
    } finally {
      this.lock.unlock();
    }
  }

  close(): void {
    this.lock.close();
  }

  private set(id: string, path: string, count: number): void {
    this.points = this.points.filter((point) => point.id !== id);
    if (count > 0) this.points.push({ id, path, count });
    this.seen = this.lock.recordWrite();
    try {
      writeFileAtomically(this.path, goJson(this.points), 0o600, false);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileAtomically(this.path, goJson(this.points), 0o600, false);
    }
  }

  private refresh(): void {
    const lastWrite = this.lock.lastWrite();
    if (this.seen === lastWrite) return;
    this.points = readPoints(this.path);
    this.seen = lastWrite;
  }
}

function readPoints(path: string): MountPoint[] {
  try {
    const text = readFileSync(path, 'utf8');
    return text === '' ? [] : ((JSON.parse(text) as MountPoint[] | null) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

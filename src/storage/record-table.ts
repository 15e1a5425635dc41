import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { StoreDamaged, StoreReadOnly } from './errors.ts';
import { goJson } from './go-json.ts';

interface Identified {
  id: string;
  names?: string[];
}

/** One JSON file of records. */
export interface RecordFile {
  path: string;
  /** Is it flushed to disk before it replaces the old one? Files of volatile records are not. */
  sync: boolean;
}

export interface RecordTableOptions<T> {
  /** The first carries the last write; all are held together. */
  locks: LockFile[];
  /** An id in an earlier file hides the same id in a later one. */
  files: RecordFile[];
  /** Of the record on disk, in Go's order. */
  fields: readonly (keyof T & string)[];
  /** Reload, too, when a file's modification time is not the one that was read. */
  watchTimes?: boolean;
  /** Runs after each loading, before anybody sees the records. @returns whether something must be repaired (under the write lock). */
  needsRepair?(records: readonly T[]): boolean;
  /** Repairs, under the write lock. What it touches is saved. */
  repair?(): void;
  readOnly?: boolean;
}

/**
 * Records kept as JSON arrays under a lock file, the way of layers.json, images.json and containers.json. What is in memory is
 * trusted only while the lock is held, and read anew only when another has written meanwhile.
 */
export class RecordTable<T extends Identified> {
  readonly readOnly: boolean;
  records: T[] = [];
  private byId = new Map<string, T>();
  private readonly fileOf = new WeakMap<T, RecordFile>();
  private loaded = false;
  private seenWrite = '';
  private seenTimes: bigint[] = [];
  private readonly dirty = new Set<RecordFile>();

  constructor(private readonly options: RecordTableOptions<T>) {
    this.readOnly = options.readOnly ?? false;
  }

  get files(): RecordFile[] {
    return this.options.files;
  }

  private get lock(): LockFile {
    return this.options.locks[0] as LockFile;
  }

  /** Runs `step` with the records current and unchanging. */
  read<R>(step: () => R): R {
    if (this.lock.isHeld) return step();
    this.lockAll(false);
    try {
      if (!this.refresh()) return step();
      this.forget();
    } finally {
      this.unlockAll();
    }
    // Something is to be repaired: that needs the write lock, which is then simply kept for the step.
    return this.write(step);
  }

  /** Runs `step` with the records current and ours alone. What it marks with `touch` is written once, at its end. */
  write<R>(step: () => R): R {
    if (this.readOnly) throw new StoreReadOnly(this.options.files[0]?.path ?? '');
    const outermost = this.lockAll(true);
    try {
      if (outermost && this.refresh()) this.options.repair?.();
      const result = step();
      this.save();
      return result;
    } catch (error) {
      // What is in memory may be half changed: read it again next time.
      if (outermost) this.forget();
      throw error;
    } finally {
      this.unlockAll();
    }
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  byName(name: string): T | undefined {
    return this.records.find((record) => record.names?.includes(name));
  }

  /** By exact id, exact name, or the beginning of exactly one id. */
  find(key: string): T | undefined {
    if (key === '') return undefined;
    const exact = this.byId.get(key) ?? this.byName(key);
    if (exact !== undefined) return exact;
    const matching = this.records.filter((record) => record.id.startsWith(key));
    return matching.length === 1 ? matching[0] : undefined;
  }

  add(record: T, file: RecordFile): void {
    this.records.push(record);
    this.byId.set(record.id, record);
    this.fileOf.set(record, file);
    this.dirty.add(file);
  }

  remove(record: T): void {
    this.records = this.records.filter((other) => other !== record);
    this.byId.delete(record.id);
    this.touch(record);
  }

  /** Moves a record to another file; both are written at the next save. */
  move(record: T, file: RecordFile): void {
    this.touch(record);
    this.fileOf.set(record, file);
    this.dirty.add(file);
  }

  /** Marks a changed record to be written at the next save. */
  touch(record: T): void {
    const file = this.fileOf.get(record);
    if (file !== undefined) this.dirty.add(file);
  }

  fileOfRecord(record: T): RecordFile | undefined {
    return this.fileOf.get(record);
  }

  /**
   * Writes the changed files now: for a step whose later parts must find this on disk if the process dies. A record that moves to
   * an earlier file is safe in the usual order, one that moves to a later file with `lastFileFirst`.
   */
  save(lastFileFirst = false): void {
    if (this.dirty.size === 0) return;
    // Before the file: if we die between the two, others reload for nothing; the other way round they would miss the change.
    this.seenWrite = this.lock.recordWrite();
    for (const lock of this.options.locks.slice(1)) lock.recordWrite();
    const changed = this.options.files.filter((file) => this.dirty.has(file));
    for (const file of lastFileFirst ? changed.reverse() : changed) {
      this.seenTimes[this.options.files.indexOf(file)] = this.writeFile(file);
    }
    this.dirty.clear();
  }

  forget(): void {
    this.loaded = false;
    this.dirty.clear();
  }

  /** Unlocked while nothing is held; a closed table opens again at the next use. */
  close(): void {
    for (const lock of this.options.locks) lock.close();
  }

  private writeFile(file: RecordFile): bigint {
    const records = this.records.filter((record) => this.fileOf.get(record) === file).map((record) => this.inOrder(record));
    const text = goJson(records);
    try {
      return writeFileAtomically(file.path, text, 0o600, file.sync);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
      return writeFileAtomically(file.path, text, 0o600, file.sync);
    }
  }

  private inOrder(record: T): Partial<T> {
    const ordered: Partial<T> = {};
    for (const field of this.options.fields) if (record[field] !== undefined) ordered[field] = record[field];
    return Object.assign(ordered, record, ordered);
  }

  private lockAll(forWriting: boolean): boolean {
    let outermost = false;
    for (const lock of this.options.locks) outermost = (forWriting ? lock.lockExclusive() : lock.lockShared()) || outermost;
    return outermost;
  }

  private unlockAll(): void {
    for (const lock of this.options.locks) lock.unlock();
  }

  /** @returns whether repair is needed */
  private refresh(): boolean {
    const lastWrite = this.lock.lastWrite();
    const isCurrent = this.loaded && lastWrite === this.seenWrite && (this.options.watchTimes !== true || this.timesAreSeen());
    if (isCurrent) return false;
    this.load();
    this.seenWrite = lastWrite;
    this.loaded = true;
    return !this.readOnly && (this.options.needsRepair?.(this.records) ?? false);
  }

  private timesAreSeen(): boolean {
    return this.options.files.every((file, index) => {
      const stat = statSync(file.path, { bigint: true, throwIfNoEntry: false });
      return stat === undefined || stat.mtimeNs === this.seenTimes[index];
    });
  }

  private load(): void {
    this.records = [];
    this.byId = new Map();
    this.dirty.clear();
    this.options.files.forEach((file, index) => {
      if (this.options.watchTimes === true) {
        this.seenTimes[index] = statSync(file.path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
      }
      for (const record of readRecords<T>(file.path)) {
        if (this.byId.has(record.id)) continue;
        this.records.push(record);
        this.byId.set(record.id, record);
        this.fileOf.set(record, file);
      }
    });
  }
}

function readRecords<T extends Identified>(path: string): T[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  if (text === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new StoreDamaged(path, 'not JSON', { cause: error });
  }
  if (parsed === null) return [];
  if (!Array.isArray(parsed) || !parsed.every(isRecord)) throw new StoreDamaged(path, 'not a list of records');
  return parsed as T[];
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && typeof (value as Identified).id === 'string';

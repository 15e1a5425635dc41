import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { bindLibc, errno, OsError } from './libc.ts';

const libc = bindLibc({ fcntl: { args: ['i32', 'i32', 'ptr'], returns: 'i32' } });

const F_OFD_SETLK = 37;
const F_OFD_SETLKW = 38;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const EINTR = 4;
const EAGAIN = 11;
const EACCES = 13;

/** struct flock of 64-bit Linux: type, whence, start, length, pid; the whole file. */
const flock = new Uint8Array(32);
const flockType = new DataView(flock.buffer);

function setLock(fd: number, command: number, type: number, path: string): boolean {
  flockType.setInt16(0, type, true);
  for (;;) {
    if (libc().fcntl(fd, command, flock) === 0) return true;
    const code = errno();
    if (code === EINTR) continue;
    if (command === F_OFD_SETLK && (code === EAGAIN || code === EACCES)) return false;
    throw new OsError('fcntl', code, path);
  }
}

/** Of this process, by path: two objects for one file would wait for each other for ever. */
const holders = new Map<string, LockFile>();

const LAST_WRITE_SIZE = 64;
let writes = 0n;

/**
 * A lock file of containers/storage: an fcntl lock over the whole file, whose first 64 bytes (the "last write") change whenever
 * what it guards changes. The lock is an open-file-description lock: it excludes the classic POSIX locks of the real tools, yet
 * is not dropped when another descriptor of the same file is closed in this process.
 *
 * Holding is counted, so a step may take what its caller holds already; asking for writing while holding only for reading throws.
 * Waiting blocks the thread: never hold one across an `await`.
 */
export class LockFile {
  private fd = -1;
  private held = 0;
  private exclusive = false;

  constructor(
    readonly path: string,
    /** Of a store that is only read: the file is opened read-only, and a missing one counts as held. */
    readonly readOnly = false,
  ) {}

  get isHeld(): boolean {
    return this.held > 0;
  }

  get isHeldForWriting(): boolean {
    return this.held > 0 && this.exclusive;
  }

  /** @returns true when this call took the lock, false when it was held already. */
  lockShared(): boolean {
    if (this.held++ > 0) return false;
    this.acquire(F_RDLCK);
    return true;
  }

  /** @returns true when this call took the lock, false when it was held already. */
  lockExclusive(): boolean {
    if (this.held > 0 && !this.exclusive) throw new Error(`lock order: ${this.path} is held for reading and wanted for writing`);
    if (this.held++ > 0) return false;
    this.acquire(F_WRLCK);
    return true;
  }

  unlock(): void {
    if (--this.held > 0) return;
    this.exclusive = false;
    if (holders.get(this.path) === this) holders.delete(this.path);
    if (this.fd >= 0) setLock(this.fd, F_OFD_SETLK, F_UNLCK, this.path);
  }

  /** The bytes that name the last write, '' for a file never written. Only equality means something. */
  lastWrite(): string {
    if (this.fd < 0) return '';
    const buffer = Buffer.allocUnsafe(LAST_WRITE_SIZE);
    return buffer.toString('latin1', 0, readSync(this.fd, buffer, 0, LAST_WRITE_SIZE, 0));
  }

  /** Tells every other holder that what this lock guards has changed. @returns what lastWrite() gives from now on */
  recordWrite(): string {
    const buffer = Buffer.allocUnsafe(LAST_WRITE_SIZE);
    crypto.getRandomValues(buffer.subarray(20));
    buffer.writeBigUInt64LE(BigInt(Date.now()) * 1_000_000n, 0);
    buffer.writeBigUInt64LE(++writes, 8);
    buffer.writeUInt32LE(process.pid, 16);
    writeSync(this.fd, buffer, 0, LAST_WRITE_SIZE, 0);
    return buffer.toString('latin1', 0, LAST_WRITE_SIZE);
  }

  close(): void {
    if (holders.get(this.path) === this) holders.delete(this.path);
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    this.held = 0;
    this.exclusive = false;
  }

  /**
   * Gives the held lock away with its descriptor: whoever inherits that holds the lock until all copies are closed. The caller
   * closes the descriptor once a child has it.
   */
  handOver(): number {
    const { fd } = this;
    this.fd = -1;
    this.held = 0;
    this.exclusive = false;
    return fd;
  }

  private acquire(type: number): void {
    try {
      const holder = holders.get(this.path);
      if (holder !== undefined && (type === F_WRLCK || holder.exclusive)) throw new Error(`${this.path} is locked already by this process`);
      if (this.fd < 0) this.fd = openLock(this.path, this.readOnly);
      if (this.fd >= 0) setLock(this.fd, F_OFD_SETLKW, this.readOnly ? F_RDLCK : type, this.path);
      this.exclusive = type === F_WRLCK;
      holders.set(this.path, this);
    } catch (error) {
      this.held = 0;
      throw error;
    }
  }
}

function openLock(path: string, readOnly: boolean): number {
  if (readOnly) {
    try {
      return openSync(path, constants.O_RDONLY | O_CLOEXEC);
    } catch {
      return -1;
    }
  }
  const flags = constants.O_RDWR | constants.O_CREAT | O_CLOEXEC;
  try {
    return openSync(path, flags, 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, flags, 0o644);
  }
}

const O_CLOEXEC = 0o2000000;

/** Tries for an exclusive lock of a file that must exist or may be made. @returns its descriptor, to be closed to unlock; undefined when another holds it or it is gone */
export function tryLockPath(path: string, create: boolean): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | O_CLOEXEC | (create ? constants.O_CREAT : 0), 0o644);
  } catch (error) {
    if (!create && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  // Who had it before may have removed it: a lock of a file without a name keeps nobody away.
  if (setLock(fd, F_OFD_SETLK, F_WRLCK, path) && fstatSync(fd).nlink > 0) return fd;
  closeSync(fd);
  return undefined;
}

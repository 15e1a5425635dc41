import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { O_CLOEXEC } from '../os/files.ts';
import { tryFlockExclusive } from '../os/flock.ts';

const suffix = '.part';
/** What is older is removed by the next download, whatever there is. */
const longestLife = 7 * 24 * 3600_000;
/** More than this is never kept: the oldest go first. */
const mostBytes = 20 * 2 ** 30;

export interface KeptDownload {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970 at which it last grew. */
  readonly changed: number;
}

/**
 * What has been downloaded of blobs whose image is not whole yet, each in a file named by its digest: a pull that is interrupted goes on
 * from there, also in another process. Only the owner may write here, and nothing here is trusted: whoever uses a file checks the
 * digest of the whole. A file is locked while it is in use; what is left over is removed by age and amount.
 */
export class PartialDownloads {
  constructor(readonly directory: string) {}

  /** Opens what there is of a blob; undefined when another process is at it, or nothing can be kept. @param name hex digits of its digest */
  open(name: string): PartialDownload | undefined {
    if (!this.isOurs()) return undefined;
    const path = `${this.directory}/${name}${suffix}`;
    for (let attempt = 0; attempt < 3; attempt++) {
      const fd = openOwn(path);
      if (fd === undefined) continue;
      if (!tryFlockExclusive(fd, path)) {
        closeSync(fd);
        return undefined;
      }
      // Who had it before may have removed it between our opening and locking it.
      const { size, nlink } = fstatSync(fd);
      if (nlink === 1) return new PartialDownload(path, fd, size);
      closeSync(fd);
    }
    return undefined;
  }

  list(): KeptDownload[] {
    return this.names().flatMap((name) => {
      const stat = lstatSync(`${this.directory}/${name}`, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name: name.slice(0, -suffix.length), size: stat.size, changed: stat.mtimeMs }] : [];
    });
  }

  /** Removes all that nobody is at. @returns what it was */
  clear(): KeptDownload[] {
    return this.list().filter((kept) => this.drop(kept));
  }

  /** Removes what is there of blobs that are needed no more. @param names as of `open` */
  discard(names: Iterable<string>): void {
    const unwanted = new Set(names);
    for (const kept of this.list()) if (unwanted.has(kept.name)) this.drop(kept);
  }

  /** Removes what is too old, and of the rest what is too much. */
  tidy(now = Date.now()): void {
    let bytes = 0;
    for (const kept of this.list().sort((a, b) => b.changed - a.changed)) {
      bytes += kept.size;
      if (bytes > mostBytes || now - kept.changed > longestLife) this.drop(kept);
    }
  }

  private drop({ name }: KeptDownload): boolean {
    const download = this.open(name);
    download?.remove();
    return download !== undefined;
  }

  private names(): string[] {
    try {
      return readdirSync(this.directory).filter((name) => name.endsWith(suffix));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Makes the directory; one that others may write to is not used. */
  private isOurs(): boolean {
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      const { uid, mode } = lstatSync(this.directory);
      return uid === process.geteuid!() && (mode & constants.S_IFMT) === constants.S_IFDIR && (mode & 0o022) === 0;
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  }
}

/** Opens or makes a file of ours; undefined, and gone, when there was something else. */
function openOwn(path: string): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK | O_CLOEXEC;
  let fd: number | undefined;
  try {
    fd = openSync(path, flags, 0o600);
    const { uid, mode, nlink } = fstatSync(fd);
    const isOwn = (mode & constants.S_IFMT) === constants.S_IFREG && uid === process.geteuid!() && (mode & 0o022) === 0 && nlink <= 1;
    if (isOwn) return fd;
    closeSync(fd);
  } catch (error) {
    if (!['ELOOP', 'EISDIR', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  unlinkSync(path);
  return undefined;
}

/** An open and locked file of a download. Dispose closes it; one that holds nothing is removed. */
export class PartialDownload implements Disposable {
  #isOpen = true;
  #size: number;

  constructor(
    private readonly path: string,
    private readonly fd: number,
    size: number,
  ) {
    this.#size = size;
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** A descriptor for another process, which does not keep the lock when we die. */
  openForReading(): number {
    return openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW | O_CLOEXEC);
  }

  /** @throws ENOSPC */
  append(bytes: Uint8Array): void {
    // A download that nobody waits for any more may still bring bytes, when the descriptor is another file's.
    if (!this.#isOpen) throw new Error(`${this.path} is closed`);
    for (let at = 0; at < bytes.length; ) {
      const count = writeSync(this.fd, bytes, at, bytes.length - at, this.#size);
      at += count;
      this.#size += count;
    }
  }

  /** Begins again with nothing. */
  restart(): void {
    ftruncateSync(this.fd, 0);
    this.#size = 0;
  }

  remove(): void {
    if (!this.#isOpen) return;
    unlinkSync(this.path);
    this.close();
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    if (this.#size === 0) this.remove();
    else this.close();
  }

  private close(): void {
    this.#isOpen = false;
    closeSync(this.fd);
  }
}

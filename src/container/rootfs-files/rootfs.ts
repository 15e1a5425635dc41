import {
  chownSync,
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  writeSync,
} from 'node:fs';
import { posix } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { O_CLOEXEC, O_PATH, openInRoot } from '../../os/files.ts';
import { OsError } from '../../os/libc.ts';
import type { IdMappings } from '../../storage/drivers/driver.ts';
import type { IdMap } from '../../storage/records.ts';

/** A file of the image that is far larger than such a file can sensibly be. */
export class RootfsFileTooLarge extends SelkieError {
  constructor(
    readonly path: string,
    readonly limit: number,
  ) {
    super(`${path} in the container is larger than ${limit} bytes`);
  }
}

/** @throws SelkieError for an id that the container does not have */
function hostId(id: number, maps: readonly IdMap[]): number {
  const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  if (!map) throw new SelkieError(`ID ${id} is not mapped to one of the host`);
  return map.hostId + id - map.containerId;
}

const isMissing = (error: unknown): boolean => error instanceof OsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
const linkLimit = 40;

/**
 * The mounted root of a container. Every path is resolved by the kernel with this directory as `/` (openat2, RESOLVE_IN_ROOT), so
 * links of the image, even ones that change meanwhile, cannot lead to the host.
 */
export class Rootfs implements Disposable {
  readonly fd: number;

  /** @param idMaps of the container, where its ids are others on the host; owners are given in its own */
  constructor(
    readonly path: string,
    readonly idMaps?: IdMappings,
  ) {
    this.fd = openSync(path, O_PATH | O_CLOEXEC | constants.O_DIRECTORY);
  }

  /** An owner as the host knows it. */
  hostOwner({ uid, gid }: { uid: number; gid: number }): { uid: number; gid: number } {
    return this.idMaps ? { uid: hostId(uid, this.idMaps.uids), gid: hostId(gid, this.idMaps.gids) } : { uid, gid };
  }

  /** A descriptor for what is there. @throws OsError */
  open(path: string, flags: number, mode = 0): number {
    return openInRoot(this.fd, path, flags, mode);
  }

  /** Whether something is there; links are followed inside the root. */
  exists(path: string): boolean {
    return this.kind(path) !== undefined;
  }

  /** What is there, or undefined. */
  kind(path: string): 'directory' | 'file' | 'other' | undefined {
    const stat = this.stat(path);
    if (!stat) return undefined;
    return stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'other';
  }

  /** The facts of what is there, links followed inside the root. */
  stat(path: string): ReturnType<typeof fstatSync> | undefined {
    let fd: number;
    try {
      fd = this.open(path, O_PATH);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      return fstatSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * A regular file's text; undefined where there is none. FIFOs and devices are not read, and at most `limit` bytes are.
   * @throws RootfsFileTooLarge
   */
  readFile(path: string, limit = 16 * 1024 * 1024): string | undefined {
    let fd: number;
    try {
      fd = this.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return undefined;
      if (stat.size > limit) throw new RootfsFileTooLarge(path, limit);
      const bytes = Buffer.allocUnsafe(stat.size);
      let at = 0;
      for (let size = -1; at < bytes.length && size !== 0; at += size) size = readSync(fd, bytes, at, bytes.length - at, null);
      return bytes.toString('utf8', 0, at);
    } finally {
      closeSync(fd);
    }
  }

  /** Appends to a regular file, made where it is missing. */
  appendFile(path: string, text: string, mode: number): void {
    const fd = this.open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, mode);
    try {
      if (!fstatSync(fd).isFile()) throw new SelkieError(`${path} in the container is not a regular file`);
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
  }

  /** Replaces the contents of a file, made where it is missing. */
  writeFile(path: string, text: string, mode: number): void {
    const fd = this.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, mode);
    try {
      if (!fstatSync(fd).isFile()) throw new SelkieError(`${path} in the container is not a regular file`);
      ftruncateSync(fd);
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Makes a directory and its missing parents; links on the way are followed inside the root. The last one, when made here, gets the owner.
   * Answers whether it was made.
   */
  makeDirectory(path: string, mode: number, uid: number, gid: number): boolean {
    const target = this.resolve(path);
    const parts = target.split('/').filter((part) => part !== '');
    let directory = this.open('/', O_PATH | constants.O_DIRECTORY);
    let made = false;
    try {
      const root = this.idMaps && this.hostOwner({ uid: 0, gid: 0 });
      for (const part of parts) {
        made = mkdirIn(directory, part, mode);
        const next = openInRoot(directory, part, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
        closeSync(directory);
        directory = next;
        if (made && root) chownSync(`/proc/self/fd/${directory}`, root.uid, root.gid);
      }
      if (made) this.chown(target, uid, gid);
    } finally {
      closeSync(directory);
    }
    return made;
  }

  chown(path: string, uid: number, gid: number): void {
    const fd = this.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const owner = this.hostOwner({ uid, gid });
      fchownSync(fd, owner.uid, owner.gid);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * The path inside the root that `path` leads to, with links replaced. Parts that do not exist are taken as written, as
   * securejoin does: what is made later appears there.
   */
  resolve(path: string): string {
    const existing = this.resolveExisting(path);
    if (existing !== undefined) return existing;
    const pending = path.split('/').filter((part) => part !== '' && part !== '.');
    let at = '/';
    let links = 0;
    for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
      if (part === '..') {
        at = posix.dirname(at);
        continue;
      }
      const target = this.readLink(posix.join(at, part));
      if (target === undefined) {
        at = posix.join(at, part);
        continue;
      }
      if (++links > linkLimit) throw new SelkieError(`resolving ${path} in the container: too many levels of symbolic links`);
      if (target.startsWith('/')) at = '/';
      pending.unshift(...target.split('/').filter((piece) => piece !== '' && piece !== '.'));
    }
    return at;
  }

  /** On the host, the place that `path` leads to: below this root. */
  hostPath(path: string): string {
    const inside = this.resolve(path);
    return inside === '/' ? this.path : `${this.path}${inside}`;
  }

  private resolveExisting(path: string): string | undefined {
    let fd: number;
    try {
      fd = this.open(path, O_PATH);
    } catch (error) {
      if (error instanceof OsError) return undefined;
      throw error;
    }
    try {
      const real = readlinkSync(`/proc/self/fd/${fd}`);
      const root = readlinkSync(`/proc/self/fd/${this.fd}`);
      if (real === root) return '/';
      const prefix = root === '/' ? '' : root;
      return real.startsWith(`${prefix}/`) ? real.slice(prefix.length) : undefined;
    } finally {
      closeSync(fd);
    }
  }

  /** The target of a link whose parent is resolved; undefined for anything else. */
  private readLink(path: string): string | undefined {
    let parent: number;
    try {
      parent = this.open(posix.dirname(path), O_PATH | constants.O_DIRECTORY);
    } catch {
      return undefined;
    }
    try {
      return readlinkSync(`/proc/self/fd/${parent}/${posix.basename(path)}`);
    } catch {
      return undefined;
    } finally {
      closeSync(parent);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

function mkdirIn(directory: number, name: string, mode: number): boolean {
  try {
    mkdirSync(`/proc/self/fd/${directory}/${name}`, mode);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

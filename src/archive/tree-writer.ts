import {
  closeEntry,
  demand,
  type EntryTimes,
  Errno,
  makeDirectory,
  makeHardLink,
  makeSpecial,
  makeSymlink,
  O_CREAT,
  O_EXCL,
  O_WRONLY,
  openEntry,
  removeTree,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  setAttribute,
  setEntryTimes,
  skipForward,
  statEntry,
  truncateFile,
  writeAll,
} from '../os/raw-entries.ts';
import { cleanName, displayName, parentName, rootedName } from './byte-names.ts';
import { EntryAttributes, overrideOf, timesOf } from './entry-attributes.ts';
import { Breakout, UnsupportedEntry } from './errors.ts';
import { EntryType, isFileType, type TarEntry } from './tar-entry.ts';
import type { TarListener } from './tar-reader.ts';
import type { TarSplitWriter } from './tar-split-writer.ts';
import type { HelperOptions } from './unpack.ts';
import { applyWhiteout, isWhiteoutName, keepWhiteout } from './whiteouts.ts';

/**
 * Makes the files of an archive below `/` as containers/storage does, and tells tar-split of every byte. Hardly ever is there already
 * something under an entry's name, and its directory nearly always is: both are found out by trying. Format: storage.md 4.1.
 */
export class TreeWriter implements TarListener {
  /** Owners of all entries but whiteouts, as in the archive. */
  readonly uids = new Set<number>();
  readonly gids = new Set<number>();
  readonly #attributes: EntryAttributes;
  readonly #directories: { path: string; times: EntryTimes }[] = [];
  /** Kept only where a deletion needs to know what this layer itself has brought. */
  readonly #unpacked: Set<string> | undefined;
  #entry: TarEntry | undefined;
  #path = '';
  #fd = -1;

  constructor(
    readonly options: HelperOptions,
    readonly inUserNamespace: boolean,
    readonly tarSplit: TarSplitWriter | undefined,
  ) {
    this.#attributes = new EntryAttributes(options, inUserNamespace);
    if (options.whiteouts === 'apply') this.#unpacked = new Set();
    if (options.forceMask !== undefined) this.#overrideRoot('0:0:0755:dir');
  }

  raw(bytes: Uint8Array): void {
    this.tarSplit?.raw(bytes);
  }

  entry(entry: TarEntry): void {
    this.tarSplit?.entry(entry);
    this.#entry = entry;
    this.#fd = -1;
    if (entry.type === EntryType.globalPax) return;
    const path = this.#pathOf(entry);
    this.#path = path;
    const isWhiteout = isWhiteoutName(path);
    if (!isWhiteout) {
      this.uids.add(entry.uid);
      this.gids.add(entry.gid);
    }
    if (this.options.owner !== undefined) Object.assign(entry, this.options.owner);
    if (path === '/') this.#rootEntry(entry);
    else if (isWhiteout && this.options.whiteouts !== 'none') this.#whiteout(path, entry);
    else this.#make(path, entry);
  }

  content(bytes: Uint8Array): void {
    this.tarSplit?.content(bytes);
    if (this.#fd >= 0) demand(writeAll(this.#fd, bytes), 'write', this.#path);
  }

  hole(length: number): void {
    if (this.#fd >= 0) demand(skipForward(this.#fd, length), 'lseek', this.#path);
  }

  endEntry(): void {
    this.tarSplit?.endEntry();
    if (this.#fd < 0) return;
    const entry = this.#entry!;
    if (entry.sparse !== undefined) demand(truncateFile(this.#fd, entry.size), 'truncate', this.#path);
    this.#attributes.applyToFile(this.#fd, this.#path, entry);
    closeEntry(this.#fd);
    this.#fd = -1;
  }

  archiveEnd(): void {
    this.tarSplit?.archiveEnd();
  }

  /** Times of directories last: making what is in them has changed them. */
  finish(): void {
    for (const { path, times } of this.#directories) {
      const result = setEntryTimes(path, times);
      if (result !== -Errno.ENOENT && result !== -Errno.ENOTDIR) demand(result, 'chtimes', path);
    }
  }

  #pathOf(entry: TarEntry): string {
    const path = rootedName(entry.name);
    if (path.length >= 4096) throw new UnsupportedEntry(`${displayName(path).slice(0, 100)}…`, 'file name too long');
    return path;
  }

  /** As `.` the root is passed over: it keeps what its parent layer gave it. By other names it is a directory like others. */
  #rootEntry(entry: TarEntry): void {
    if (cleanName(entry.name) === '.') {
      if (this.options.forceMask !== undefined) this.#overrideRoot(overrideOf(entry));
      return;
    }
    if (entry.type !== EntryType.directory) throw new Breakout(displayName(entry.name), '/');
    this.#attributes.applyTo('/', entry);
    this.#directories.push({ path: '/', times: timesOf(entry) });
  }

  #overrideRoot(value: string): void {
    demand(setAttribute('/', 'user.containers.override_stat', Buffer.from(value)), 'lsetxattr', '/');
  }

  #whiteout(path: string, entry: TarEntry): void {
    if (this.#unpacked !== undefined) {
      applyWhiteout(path, entry, (other) => this.#unpacked!.has(other));
      return;
    }
    this.#makeParents(parentName(path));
    keepWhiteout(path, entry, this.#attributes, this.options.xattrPrefix);
  }

  #make(path: string, entry: TarEntry): void {
    let result = this.#create(path, entry);
    if (result === -Errno.ENOENT) {
      this.#makeParents(parentName(path));
      result = this.#create(path, entry);
    }
    if (result === -Errno.EEXIST && !this.#isKeptDirectory(path, entry)) {
      demand(removeTree(path), 'remove', path);
      result = this.#create(path, entry);
    }
    if (result !== -Errno.EEXIST) demand(result, this.#verb(entry), path);
    this.#unpacked?.add(path);
    this.#finishMaking(path, entry);
  }

  /** A directory upon a directory stays, and takes the later attributes. */
  #isKeptDirectory(path: string, entry: TarEntry): boolean {
    const isDirectory = (statEntry(path)!.mode & S_IFMT) === S_IFDIR;
    const becomesDirectory = entry.type === EntryType.directory;
    if (this.options.keepsKinds && isDirectory !== becomesDirectory) {
      const [there, comes] = isDirectory ? ['directory', 'non-directory'] : ['non-directory', 'directory'];
      throw new UnsupportedEntry(displayName(entry.name), `cannot overwrite ${there} "${displayName(path)}" with ${comes}`);
    }
    return isDirectory && becomesDirectory;
  }

  #create(path: string, entry: TarEntry): number {
    const { forceMask } = this.options;
    if (isFileType(entry.type)) {
      this.#fd = openEntry(path, O_WRONLY | O_CREAT | O_EXCL, forceMask ?? entry.mode & 0o777);
      return this.#fd;
    }
    switch (entry.type) {
      case EntryType.directory:
        return makeDirectory(path, forceMask ?? 0o700);
      case EntryType.hardLink:
        return this.#linkTo(rootedName(entry.linkName), path, entry);
      case EntryType.symbolicLink:
        return makeSymlink(entry.linkName, path);
      case EntryType.character:
      case EntryType.block:
      case EntryType.fifo:
        return this.#createSpecial(path, entry);
      default:
        throw new UnsupportedEntry(displayName(entry.name), `unhandled tar header type ${entry.type.charCodeAt(0)}`);
    }
  }

  /** A missing target is not a missing directory, which the caller would make. */
  #linkTo(target: string, path: string, entry: TarEntry): number {
    const result = makeHardLink(target, path);
    if (result === -Errno.ENOENT && statEntry(target) === undefined) {
      throw new UnsupportedEntry(displayName(entry.name), `link ${displayName(target)} ${displayName(path)}: no such file or directory`);
    }
    return result;
  }

  #createSpecial(path: string, entry: TarEntry): number {
    if (this.options.forceMask !== undefined) {
      const fd = openEntry(path, O_WRONLY | O_CREAT | O_EXCL, this.options.forceMask);
      if (fd >= 0) closeEntry(fd);
      return fd;
    }
    if (entry.type === EntryType.fifo) return makeSpecial(path, S_IFIFO | (entry.mode & 0o777));
    // Devices are not for a user namespace to make; what uses them mounts its own.
    if (this.inUserNamespace) return 0;
    const type = entry.type === EntryType.block ? S_IFBLK : S_IFCHR;
    return makeSpecial(path, type | (entry.mode & 0o777), entry.deviceMajor, entry.deviceMinor);
  }

  #finishMaking(path: string, entry: TarEntry): void {
    if (this.#fd >= 0 && isFileType(entry.type)) return;
    const isDevice = entry.type === EntryType.character || entry.type === EntryType.block;
    if (isDevice && this.inUserNamespace && this.options.forceMask === undefined) return;
    if (entry.type === EntryType.symbolicLink) this.#attributes.applyToSymlink(path, entry);
    else if (entry.type === EntryType.hardLink && isSymlink(path)) this.#attributes.own(path, entry);
    else this.#attributes.applyTo(path, entry);
    if (entry.type === EntryType.directory) this.#directories.push({ path, times: timesOf(entry) });
  }

  #makeParents(directory: string): void {
    let result = makeDirectory(directory, 0o755);
    if (result === -Errno.ENOENT) {
      this.#makeParents(parentName(directory));
      result = makeDirectory(directory, 0o755);
    }
    if (result === -Errno.EEXIST) return;
    demand(result, 'mkdir', directory);
    if (this.options.forceMask !== undefined) return;
    const { owner, idMappings } = this.options;
    this.#attributes.give(directory, owner ?? { uid: rootOf(idMappings?.uids), gid: rootOf(idMappings?.gids) });
  }

  #verb(entry: TarEntry): string {
    const verbs: Record<string, string> = {
      [EntryType.directory]: 'mkdir',
      [EntryType.hardLink]: 'link',
      [EntryType.symbolicLink]: 'symlink',
    };
    return isFileType(entry.type) ? 'open' : (verbs[entry.type] ?? 'mknod');
  }
}

const isSymlink = (path: string): boolean => ((statEntry(path)?.mode ?? 0) & S_IFMT) === S_IFLNK;

/** Where root of the container lies on the host. */
function rootOf(maps: NonNullable<HelperOptions['idMappings']>['uids'] | undefined): number {
  const map = maps?.find(({ containerId, size }) => containerId <= 0 && containerId + size > 0);
  return map === undefined ? 0 : map.hostId - map.containerId;
}

import {
  chmodSync,
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { makeNode, setTimes } from '../os/files.ts';
import { setXattr } from '../os/xattr.ts';
import { baseName, cleanName, displayName, parentName, rootedName } from './byte-names.ts';
import { Breakout, DuplicatePath, UnsupportedEntry } from './errors.ts';
import { EntryType, isFileType, type TarEntry, type TarTime } from './tar-entry.ts';
import type { TarListener } from './tar-reader.ts';
import type { TarSplitWriter } from './tar-split-writer.ts';
import type { HelperOptions, IdMap } from './unpack.ts';

const OPAQUE = '.wh..wh..opq';
const WHITEOUT = '.wh.';
const zeros = Buffer.alloc(1 << 16);

/** Makes the files of a layer below `/`, as containers/storage does, and tells tar-split of every byte. Format: storage.md 4.1. */
export class TreeWriter implements TarListener {
  readonly uids = new Set<number>();
  readonly gids = new Set<number>();
  private readonly seen = new Set<string>();
  private readonly madeDirectories = new Set<string>(['/']);
  private directories: { path: string; entry: TarEntry }[] = [];
  private current: TarEntry | undefined;
  private path = '';
  private fd = -1;
  private readonly isRoot = process.geteuid!() === 0 && process.getegid!() === 0;

  constructor(
    private readonly options: HelperOptions,
    private readonly tarSplit: TarSplitWriter,
  ) {}

  raw(bytes: Uint8Array): void {
    this.tarSplit.raw(bytes);
  }

  entry(entry: TarEntry): void {
    this.current = entry;
    this.fd = -1;
    if (entry.type === EntryType.globalPax) return;
    const clean = cleanName(entry.name);
    if (this.seen.has(clean) && this.options.whiteouts !== 'none') throw new DuplicatePath(displayName(entry.name));
    this.seen.add(clean);
    if (this.options.owner) Object.assign(entry, this.options.owner);
    if (clean === '..' || clean.startsWith('../')) throw new Breakout(displayName(entry.name), '/');
    this.path = rootedName(entry.name);
    if (!baseName(this.path).startsWith(WHITEOUT)) {
      this.uids.add(entry.uid);
      this.gids.add(entry.gid);
    }
    // The root keeps what its parent layer gave it.
    if (this.path === '/') return;
    this.makeParents(parentName(this.path));
    if (baseName(this.path).startsWith(WHITEOUT) && this.options.whiteouts !== 'none') this.whiteout(entry);
    else this.make(entry);
  }

  content(bytes: Uint8Array): void {
    if (this.current!.sparse === undefined) this.tarSplit.content(bytes);
    if (this.fd < 0) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
  }

  hole(length: number): void {
    if (this.fd < 0) return;
    for (let left = length; left > 0; left -= zeros.length) writeSync(this.fd, zeros, 0, Math.min(left, zeros.length));
  }

  endEntry(): void {
    const entry = this.current!;
    this.tarSplit.file(entry.name);
    if (this.fd < 0) return;
    const fd = this.fd;
    this.fd = -1;
    try {
      const isOwned = this.ownsAlready(entry);
      if (!isOwned) this.own((uid, gid) => fchownSync(fd, uid, gid), entry);
      // The file was made with its mode; chown takes set-id bits away, and a umask is not in force.
      if (!isOwned || (entry.mode & 0o7000) !== 0) fchmodSync(fd, entry.mode & 0o7777);
      this.setXattrs(entry);
      const { seconds, nanoseconds } = entry.mtime;
      if (nanoseconds === 0 && seconds >= 0) futimesSync(fd, seconds, seconds);
      else this.setMtime(this.path, entry.mtime);
    } finally {
      closeSync(fd);
    }
  }

  /** Times of directories last: making what is in them has changed them. */
  finish(): void {
    for (const { path, entry } of this.directories) this.setMtime(path, entry.mtime);
  }

  private make(entry: TarEntry): void {
    const path = fsPath(this.path);
    if (isFileType(entry.type)) {
      this.fd = this.createFile(path, entry.mode & 0o7777);
      return;
    }
    const existing = lstatSync(path, { throwIfNoEntry: false });
    const keeps = existing?.isDirectory() && entry.type === EntryType.directory;
    if (existing && !keeps) rmSync(path, { recursive: true });
    switch (entry.type) {
      case EntryType.directory:
        if (!keeps) mkdirSync(path, 0o700);
        this.madeDirectories.add(this.path);
        this.directories.push({ path: this.path, entry });
        break;
      case EntryType.hardLink:
        // Its attributes are those of the file that it is a link to.
        linkSync(fsPath(this.linkTarget(entry)), path);
        break;
      case EntryType.symbolicLink:
        symlinkSync(fsPath(entry.linkName), path);
        this.own((uid, gid) => lchownSync(path, uid, gid), entry);
        this.setMtime(this.path, entry.mtime);
        return;
      case EntryType.character:
      case EntryType.block:
        if (this.options.xattrPrefix === 'user.overlay.') return;
        makeNode(
          this.path,
          (entry.type === EntryType.block ? 0o060000 : 0o020000) | (entry.mode & 0o7777),
          entry.deviceMajor,
          entry.deviceMinor,
        );
        break;
      case EntryType.fifo:
        makeNode(this.path, 0o010000 | (entry.mode & 0o7777));
        break;
      default:
        throw new UnsupportedEntry(displayName(entry.name), `unhandled tar header type ${entry.type.charCodeAt(0)}`);
    }
    this.own((uid, gid) => chownSync(path, uid, gid), entry);
    chmodSync(path, entry.mode & 0o7777);
    this.setXattrs(entry);
    if (entry.type !== EntryType.directory) this.setMtime(this.path, entry.mtime);
  }

  /** Hardly ever is something there already, so that is found out by trying. */
  private createFile(path: string | Buffer, mode: number): number {
    try {
      return openSync(path, 'wx', mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      rmSync(path, { recursive: true });
      return openSync(path, 'wx', mode);
    }
  }

  /** Whether what this process makes has the entry's owner without being given it. */
  private ownsAlready({ uid, gid }: TarEntry): boolean {
    return uid === 0 && gid === 0 && this.isRoot && this.options.idMappings === undefined;
  }

  private linkTarget(entry: TarEntry): string {
    const clean = cleanName(entry.linkName);
    if (clean === '..' || clean.startsWith('../'))
      throw new Breakout(`invalid hardlink ${displayName(entry.name)} -> ${displayName(entry.linkName)}`, '/');
    return rootedName(entry.linkName);
  }

  private whiteout(entry: TarEntry): void {
    const directory = parentName(this.path);
    const name = baseName(this.path);
    if (this.options.whiteouts === 'apply') {
      if (name === OPAQUE) throw new UnsupportedEntry(displayName(entry.name), 'opaque directories cannot be applied here');
      if (!name.startsWith('.wh..wh.'))
        rmSync(fsPath(rootedName(`${directory}/${name.slice(WHITEOUT.length)}`)), { recursive: true, force: true });
      return;
    }
    if (name === OPAQUE) {
      setXattr(directory, `${this.options.xattrPrefix}opaque`, Buffer.from('y'));
      return;
    }
    const target = rootedName(`${directory}/${name.slice(WHITEOUT.length)}`);
    if (target === directory || target === '/' || parentName(target) !== directory) throw new Breakout(displayName(entry.name), '/');
    makeNode(target, 0o020000, 0, 0);
    this.own((uid, gid) => chownSync(fsPath(target), uid, gid), entry);
  }

  private makeParents(directory: string): void {
    if (this.madeDirectories.has(directory)) return;
    this.makeParents(parentName(directory));
    let stat: Stats | undefined;
    try {
      stat = lstatSync(fsPath(directory), { throwIfNoEntry: false });
    } catch {
      stat = undefined;
    }
    if (!stat) {
      mkdirSync(fsPath(directory), 0o755);
      const root = { uid: 0, gid: 0 };
      this.own((uid, gid) => chownSync(fsPath(directory), uid, gid), root);
    }
    if (!stat || stat.isDirectory()) this.madeDirectories.add(directory);
  }

  private own(change: (uid: number, gid: number) => void, { uid, gid }: { uid: number; gid: number }): void {
    const { idMappings, ignoreChownErrors } = this.options;
    try {
      change(mapped(uid, idMappings?.uids), mapped(gid, idMappings?.gids));
    } catch (error) {
      if (!ignoreChownErrors) throw explainChown(error as NodeJS.ErrnoException, displayName(this.path), uid, gid);
    }
  }

  private setXattrs(entry: TarEntry): void {
    if (!entry.pax) return;
    for (const [key, value] of entry.pax) {
      if (!key.startsWith('SCHILY.xattr.') || key === 'SCHILY.xattr.security.selinux') continue;
      try {
        setXattr(this.path, key.slice('SCHILY.xattr.'.length), Buffer.from(value, 'latin1'));
      } catch (error) {
        const { code } = error as { code?: string };
        // As the field's tools do: a file system or a user namespace without them loses them.
        if (code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'EPERM') throw error;
      }
    }
  }

  private setMtime(path: string, { seconds, nanoseconds }: TarTime): void {
    const time = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    setTimes(path, time, time);
  }
}

/** Names are byte strings: what is not ASCII goes to the kernel as bytes. */
const fsPath = (name: string): string | Buffer => (/^[\x00-\x7f]*$/.test(name) ? name : Buffer.from(name, 'latin1'));

function mapped(id: number, maps: IdMap[] | undefined): number {
  if (!maps?.length) return id;
  const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  if (!map) throw new UnsupportedEntry(String(id), 'is not in the id mappings of this layer');
  return map.hostId + id - map.containerId;
}

function explainChown(error: NodeJS.ErrnoException, name: string, uid: number, gid: number): Error {
  if (error.code !== 'EINVAL' && error.code !== 'EPERM') return error;
  return new UnsupportedEntry(
    name,
    `potentially insufficient UIDs or GIDs available in user namespace (requested ${uid}:${gid}): check /etc/subuid and /etc/subgid if configured locally and run "podman system migrate": lchown ${name}: ${error.code === 'EPERM' ? 'operation not permitted' : 'invalid argument'}`,
  );
}

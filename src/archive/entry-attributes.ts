import {
  changeFileMode,
  changeFileOwner,
  changeMode,
  changeOwner,
  demand,
  type EntryTimes,
  Errno,
  setAttribute,
  setEntryTimes,
  setFileTimes,
} from '../os/raw-entries.ts';
import { displayName } from './byte-names.ts';
import { UnsupportedEntry } from './errors.ts';
import { XATTR_RECORD } from './pax.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import type { HelperOptions, IdMap } from './unpack.ts';

const MAX_ID = 0xfffffffe;
const OVERRIDE = 'user.containers.override_stat';

export interface Owner {
  uid: number;
  gid: number;
}

/** Gives what is unpacked its owner, mode, times and attributes, in the order in which none undoes another. Format: storage.md 4.1. */
export class EntryAttributes {
  /** Whether what this process makes is root's without being given to it; false once a directory hands its group on. */
  #madeByRoot: boolean;

  constructor(
    readonly options: HelperOptions,
    readonly inUserNamespace: boolean,
  ) {
    this.#madeByRoot = process.geteuid!() === 0 && process.getegid!() === 0 && options.whiteouts === 'overlay';
  }

  /** Whose the entry is to be on disk. @throws UnsupportedEntry when the id is none, or has no place in the mappings */
  ownerOf(entry: TarEntry): Owner {
    return {
      uid: hostId(entry, entry.uid, this.options.idMappings?.uids),
      gid: hostId(entry, entry.gid, this.options.idMappings?.gids),
    };
  }

  /** For an open file, of which `mode & 0o777` was given when it was made. */
  applyToFile(fd: number, path: string, entry: TarEntry): void {
    const { forceMask } = this.options;
    if (forceMask === undefined) {
      const owner = this.ownerOf(entry);
      const isGiven = !this.#isAlready(owner);
      if (isGiven) this.#accept(changeFileOwner(fd, owner.uid, owner.gid), path, owner);
      if ((entry.mode & 0o7000) !== 0) demand(changeFileMode(fd, entry.mode & 0o7777), 'chmod', path);
    }
    demand(setFileTimes(fd, timesOf(entry)), 'chtimes', path);
    this.#applyXattrs(path, entry);
  }

  /** For anything but files and links that is there under its name. */
  applyTo(path: string, entry: TarEntry): void {
    this.own(path, entry);
    const { forceMask } = this.options;
    if ((entry.mode & 0o2000) !== 0) this.#madeByRoot = false;
    demand(changeMode(path, forceMask ?? entry.mode & 0o7777), 'chmod', path);
    demand(setEntryTimes(path, timesOf(entry)), 'chtimes', path);
    this.#applyXattrs(path, entry);
  }

  /** For a symbolic link, which has no mode. */
  applyToSymlink(path: string, entry: TarEntry): void {
    this.own(path, entry);
    demand(setEntryTimes(path, timesOf(entry, false)), 'lchtimes', path);
    this.#applyXattrs(path, entry);
  }

  own(path: string, entry: TarEntry): void {
    if (this.options.forceMask === undefined) this.give(path, this.ownerOf(entry));
  }

  give(path: string, owner: Owner): void {
    if (!this.#isAlready(owner)) this.#accept(changeOwner(path, owner.uid, owner.gid), path, owner);
  }

  #isAlready({ uid, gid }: Owner): boolean {
    return uid === 0 && gid === 0 && this.#madeByRoot;
  }

  #accept(result: number, path: string, { uid, gid }: Owner): void {
    if (result >= 0 || this.options.ignoreChownErrors) return;
    if (result !== -Errno.EINVAL) demand(result, 'lchown', path);
    const name = displayName(path);
    throw new UnsupportedEntry(
      name,
      `potentially insufficient UIDs or GIDs available in user namespace (requested ${uid}:${gid} for ${name}): Check /etc/subuid and /etc/subgid if configured locally and run "podman system migrate": lchown ${name}: invalid argument`,
    );
  }

  #applyXattrs(path: string, entry: TarEntry): void {
    if (this.options.forceMask !== undefined && entry.type !== EntryType.symbolicLink) {
      demand(setAttribute(path, OVERRIDE, Buffer.from(overrideOf(entry))), 'lsetxattr', path);
    }
    if (entry.pax === undefined) return;
    for (const [key, value] of entry.pax) {
      if (!key.startsWith(XATTR_RECORD) || key === 'SCHILY.xattr.security.selinux') continue;
      const result = setAttribute(path, key.slice(XATTR_RECORD.length), Buffer.from(value, 'latin1'));
      // A file system without attributes, or a user namespace that may not set this one, goes without, as with the field's tools.
      const isLost = result === -Errno.ENOTSUP || (result === -Errno.EPERM && this.inUserNamespace);
      if (!isLost) demand(result, 'lsetxattr', path);
    }
  }
}

/** Access time no earlier than the modification time, and nothing before 1970 unless it is a link. */
export function timesOf({ mtime, atime }: TarEntry, clamp = true): EntryTimes {
  const isLater = atime !== undefined && (atime.seconds - mtime.seconds || atime.nanoseconds - mtime.nanoseconds) > 0;
  const access = isLater ? atime : mtime;
  const isOld = (seconds: number): boolean => clamp && seconds < 0;
  return {
    atimeSeconds: isOld(access.seconds) ? 0 : access.seconds,
    atimeNanoseconds: isOld(access.seconds) ? 0 : access.nanoseconds,
    mtimeSeconds: isOld(mtime.seconds) ? 0 : mtime.seconds,
    mtimeNanoseconds: isOld(mtime.seconds) ? 0 : mtime.nanoseconds,
  };
}

/** What fuse-overlayfs shows in place of the real owner and mode. */
export function overrideOf(entry: TarEntry): string {
  const device = `${entry.deviceMajor}-${entry.deviceMinor}`;
  const types: Record<string, string> = {
    [EntryType.directory]: 'dir',
    [EntryType.fifo]: 'pipe',
    [EntryType.block]: `block-${device}`,
    [EntryType.character]: `char-${device}`,
  };
  const mode = (entry.mode & 0o7777).toString(8).padStart(4, '0');
  return `${entry.uid}:${entry.gid}:${mode}:${types[entry.type] ?? 'file'}`;
}

function hostId(entry: TarEntry, id: number, maps: IdMap[] | undefined): number {
  if (id < 0 || id > MAX_ID) throw new UnsupportedEntry(displayName(entry.name), `owner ${id} is no user or group id`);
  if (maps === undefined || maps.length === 0) return id;
  const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  if (map === undefined) throw new UnsupportedEntry(displayName(entry.name), `container ID ${id} cannot be mapped to a host ID`);
  return map.hostId + id - map.containerId;
}

import { closeSync, constants, openSync } from 'node:fs';
import { bindLibc, check, cstring } from './libc.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SYS_openat2 = 437;

const libc = bindLibc({
  mknod: { args: ['ptr', 'u32', 'u64'], returns: 'i32' },
  utimensat: { args: ['i32', 'ptr', 'ptr', 'i32'], returns: 'i32' },
  syncfs: { args: ['i32'], returns: 'i32' },
});
const rename = bindLibc({ renameat2: { args: ['i32', 'ptr', 'i32', 'ptr', 'u32'], returns: 'i32' } });
const attributes = bindLibc({ ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' } });
const openat2 = bindLibc({ syscall: { args: ['i64', 'i64', 'ptr', 'ptr', 'u64'], returns: 'i64' } });

export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_IN_ROOT = 0x10;
export const O_PATH = 0o10000000;
export const O_CLOEXEC = 0o2000000;

/**
 * Opens `path` with the directory `root` (a descriptor) taken as `/`: neither `..` nor links lead out of it, not even while they
 * are exchanged. `flags` as of open(2), O_CLOEXEC is added; `mode` counts only with O_CREAT. @throws OsError
 */
export function openInRoot(root: number, path: string, flags: number, mode = 0, resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS): number {
  const how = new BigUint64Array([BigInt(flags | O_CLOEXEC), BigInt((flags & constants.O_CREAT) !== 0 ? mode : 0), BigInt(resolve)]);
  return check(Number(openat2().syscall(SYS_openat2, root, cstring(path), how, 24)), 'openat2', path);
}

const RENAME_EXCHANGE = 2;

/** Exchanges two files at once; false where the second is not there, or the file system cannot. */
export function exchangeFiles(first: string, second: string): boolean {
  return rename().renameat2(AT_FDCWD, cstring(first), AT_FDCWD, cstring(second), RENAME_EXCHANGE) === 0;
}

const FS_IOC_GETFLAGS = 0x80086601;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_TOPDIR_FL = 0x20000;

/**
 * Has ext4 put each directory that is made in this one into a part of the disk of its own (`chattr +T`). Beside its parent, where as many
 * files may have been deleted a moment ago, finding a free inode takes ten times as long. On other file systems nothing happens.
 */
export function spreadSubdirectories(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC);
  try {
    const flags = new Uint32Array(2);
    if (attributes().ioctl(fd, FS_IOC_GETFLAGS, flags) !== 0) return;
    flags[0]! |= FS_TOPDIR_FL;
    attributes().ioctl(fd, FS_IOC_SETFLAGS, flags);
  } finally {
    closeSync(fd);
  }
}

/** Makes a device node, FIFO or socket; `mode` holds the type bits. */
export function makeNode(path: string, mode: number, major = 0, minor = 0): void {
  check(libc().mknod(cstring(path), mode, deviceNumber(major, minor)), 'mknod', path);
}

/** dev_t as glibc's makedev packs it. */
export function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
}

export const deviceMajor = (device: bigint): number => Number(((device >> 32n) & 0xfffff000n) | ((device >> 8n) & 0xfffn));
export const deviceMinor = (device: bigint): number => Number(((device >> 12n) & 0xffffff00n) | (device & 0xffn));

const times = new BigInt64Array(4);

/** Sets access and modification time, in nanoseconds since 1970, of the file itself (links are not followed). */
export function setTimes(path: string, atimeNs: bigint, mtimeNs: bigint): void {
  putTime(0, atimeNs);
  putTime(2, mtimeNs);
  check(libc().utimensat(AT_FDCWD, cstring(path), times, AT_SYMLINK_NOFOLLOW), 'utimensat', path);
}

/** timespec: whole seconds rounded down, so that times before 1970 keep their nanoseconds positive. */
function putTime(index: number, ns: bigint): void {
  const remainder = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  times[index] = (ns - remainder) / 1_000_000_000n;
  times[index + 1] = remainder;
}

/** Writes everything of the file system that holds `path` to its disk: one call in place of an fsync for each file. */
export function syncFileSystem(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | O_CLOEXEC);
  try {
    check(libc().syncfs(fd), 'syncfs', path);
  } finally {
    closeSync(fd);
  }
}

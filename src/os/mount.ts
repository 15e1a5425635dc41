import { readFileSync } from 'node:fs';
import { bindLibc, check, cstring, errno, OsError } from './libc.ts';

const libc = bindLibc({
  mount: { args: ['ptr', 'ptr', 'ptr', 'u64', 'ptr'], returns: 'i32' },
  umount2: { args: ['ptr', 'i32'], returns: 'i32' },
  statx: { args: ['i32', 'ptr', 'i32', 'u32', 'ptr'], returns: 'i32' },
});
const raw = bindLibc({ syscall: { args: ['i64', 'i64', 'i64', 'ptr', 'ptr', 'i64'], returns: 'i64' } });

export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOEXEC = 8;
export const MS_NOATIME = 1024;
export const MS_BIND = 4096;
export const MS_REC = 16384;
export const MS_PRIVATE = 1 << 18;
export const MS_SHARED = 1 << 20;
export const MNT_DETACH = 2;

/** mount(2). Empty strings stand for "none". @throws OsError */
export function mount(source: string, target: string, type: string, flags: number, options = ''): void {
  const result = libc().mount(cstring(source), cstring(target), cstring(type), flags, options === '' ? null : cstring(options));
  check(result, 'mount', target);
}

const EINVAL = 22;
const ENOENT = 2;

/** umount2(2). @returns false where nothing was mounted @throws OsError */
export function unmount(target: string, flags = 0): boolean {
  if (libc().umount2(cstring(target), flags) === 0) return true;
  const code = errno();
  if (code === EINVAL || code === ENOENT) return false;
  throw new OsError('umount', code, target);
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_ATTR_MOUNT_ROOT = 0x2000n;
const statxBuffer = new Uint8Array(256);
const statxView = new DataView(statxBuffer.buffer);

/** Is something mounted exactly at this path? One system call where the kernel says so (5.8 and later), else /proc/self/mountinfo. */
export function isMountPoint(path: string): boolean {
  if (libc().statx(AT_FDCWD, cstring(path), AT_SYMLINK_NOFOLLOW, 0, statxBuffer) < 0) return errno() !== ENOENT && isListed(path);
  const attributes = statxView.getBigUint64(8, true);
  const known = statxView.getBigUint64(0x38, true);
  if ((known & STATX_ATTR_MOUNT_ROOT) !== 0n) return (attributes & STATX_ATTR_MOUNT_ROOT) !== 0n;
  return isListed(path);
}

const isListed = (path: string): boolean => readMountInfo().some((entry) => entry.mountPoint === path);

export interface MountInfo {
  id: number;
  parent: number;
  /** `major:minor` */
  device: string;
  root: string;
  mountPoint: string;
  options: string[];
  /** `shared:1`, `master:2` … */
  propagation: string[];
  type: string;
  source: string;
  superOptions: string;
}

/** The mounts of a process, in the order of proc(5) "mountinfo". */
export function readMountInfo(pid: number | 'self' = 'self'): MountInfo[] {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n').filter(Boolean).map(parseMountInfo);
}

function parseMountInfo(line: string): MountInfo {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  return {
    id: Number(fields[0]),
    parent: Number(fields[1]),
    device: fields[2] ?? '',
    root: unescapeOctal(fields[3] ?? ''),
    mountPoint: unescapeOctal(fields[4] ?? ''),
    options: (fields[5] ?? '').split(','),
    propagation: fields.slice(6, dash),
    type: fields[dash + 1] ?? '',
    source: unescapeOctal(fields[dash + 2] ?? ''),
    superOptions: fields[dash + 3] ?? '',
  };
}

const unescapeOctal = (text: string): string =>
  text.includes('\\')
    ? Buffer.from(
        text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
        'latin1',
      ).toString()
    : text;

const SYS_open_tree = 428;
const SYS_move_mount = 429;
const SYS_fsopen = 430;
const SYS_fsconfig = 431;
const SYS_fsmount = 432;
const SYS_mount_setattr = 442;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const MOUNT_ATTR_NOATIME = 0x10;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const CLOEXEC = 1;
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o2000000;
const AT_EMPTY_PATH = 0x1000;
const MOUNT_ATTR_IDMAP = 0x00100000n;

/** A descriptor from the kernel's new mount interface that closes itself. */
class MountFd implements Disposable {
  constructor(readonly fd: number) {}
  [Symbol.dispose](): void {
    closeFd().close(this.fd);
  }
}
const closeFd = bindLibc({ close: { args: ['i32'], returns: 'i32' } });

const call = (
  number: number,
  name: string,
  path: string | undefined,
  ...args: [number, number, Uint8Array | null, Uint8Array | null, number]
): number => {
  const [first, second, third, fourth, fifth] = args;
  return check(Number(raw().syscall(number, first, second, third, fourth, fifth)), name, path);
};
// open_tree, fsopen and move_mount take a path as their first or second argument, where `raw` has a number.
const byPath = bindLibc({ syscall: { args: ['i64', 'i64', 'ptr', 'i64', 'ptr', 'i64'], returns: 'i64' } });
const byNumber = bindLibc({ syscall: { args: ['i64', 'i64', 'i64', 'i64'], returns: 'i64' } });
const byName = bindLibc({ syscall: { args: ['i64', 'ptr', 'i64'], returns: 'i64' } });

/**
 * Mounts a file system with the newer interface, which takes each option alone and so knows no limit of a page for all of them.
 * An option without value is a flag. Each value may have at most 255 bytes. @throws OsError (ENOSYS, EINVAL: try mount(2))
 */
export function mountWithOptions(type: string, source: string, target: string, options: [name: string, value?: string][], flags = 0): void {
  using context = new MountFd(check(Number(byName().syscall(SYS_fsopen, cstring(type), CLOEXEC)), 'fsopen', type));
  call(SYS_fsconfig, 'fsconfig', 'source', context.fd, FSCONFIG_SET_STRING, cstring('source'), cstring(source), 0);
  for (const [name, value] of options) {
    if (value === undefined) call(SYS_fsconfig, 'fsconfig', name, context.fd, FSCONFIG_SET_FLAG, cstring(name), null, 0);
    else call(SYS_fsconfig, 'fsconfig', `${name}=${value}`, context.fd, FSCONFIG_SET_STRING, cstring(name), cstring(value), 0);
  }
  call(SYS_fsconfig, 'fsconfig', target, context.fd, FSCONFIG_CMD_CREATE, null, null, 0);
  // The four lowest mount(2) flags have the same numbers as mount attributes.
  const attributes = (flags & 0xf) | (flags & MS_NOATIME ? MOUNT_ATTR_NOATIME : 0);
  using mounted = new MountFd(check(Number(byNumber().syscall(SYS_fsmount, context.fd, CLOEXEC, attributes)), 'fsmount', target));
  moveMount(mounted.fd, target);
}

function moveMount(from: number, target: string): void {
  const result = byPath().syscall(SYS_move_mount, from, cstring(''), AT_FDCWD, cstring(target), MOVE_MOUNT_F_EMPTY_PATH);
  check(Number(result), 'move_mount', target);
}

/**
 * Binds `source`, without what is mounted below it, at `target` with its ids shown through the mappings of a user namespace (a descriptor of /proc/PID/ns/user).
 * Kernel 5.12 and later, and only for file systems that can. @throws OsError
 */
export function bindIdMapped(source: string, target: string, userNamespace: number): void {
  const flags = OPEN_TREE_CLONE | O_CLOEXEC;
  const opened = byPath().syscall(SYS_open_tree, AT_FDCWD, cstring(source), flags, null, 0);
  using tree = new MountFd(check(Number(opened), 'open_tree', source));
  const attributes = new BigUint64Array([MOUNT_ATTR_IDMAP, 0n, BigInt(MS_PRIVATE), BigInt(userNamespace)]);
  const changed = byPath().syscall(SYS_mount_setattr, tree.fd, cstring(''), AT_EMPTY_PATH, attributes, 32);
  check(Number(changed), 'mount_setattr', source);
  moveMount(tree.fd, target);
}

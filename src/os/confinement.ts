import { chdir } from 'node:process';
import { bindLibc, check, cstring } from './libc.ts';

const libc = bindLibc({
  chroot: { args: ['ptr'], returns: 'i32' },
  prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
  umask: { args: ['u32'], returns: 'u32' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
});

const PR_SET_PDEATHSIG = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_DUMPABLE = 4;
const SIGKILL = 9;
const F_SETPIPE_SZ = 1031;

/** Makes `directory` the root of this process for good, and stands in it: no path or link leads out of it any more. @throws OsError */
export function confineTo(directory: string): void {
  check(libc().chroot(cstring(directory)), 'chroot', directory);
  chdir('/');
}

/** From here on this process, and what it starts, gains nothing by set-id files, is not traced by others, and dies with its parent. */
export function giveUpPrivileges(): void {
  check(libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 'prctl');
  libc().prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  check(libc().prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), 'prctl');
}

/** Sets the file creation mask; returns the one before. */
export const setUmask = (mask: number): number => libc().umask(mask);

/** Lets a pipe hold `bytes`; what is no pipe stays as it is. */
export const widenPipe = (fd: number, bytes: number): number => libc().fcntl(fd, F_SETPIPE_SZ, bytes);

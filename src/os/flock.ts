import { bindLibc, check } from './libc.ts';

const libc = bindLibc({ flock: { args: ['i32', 'i32'], returns: 'i32' } });

const LOCK_EX = 2;

/** Takes the BSD lock of an open file exclusively, waiting for it; closing the descriptor gives it back. @throws OsError */
export function flockExclusive(fd: number, path?: string): void {
  check(libc().flock(fd, LOCK_EX), 'flock', path);
}

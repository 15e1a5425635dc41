import { bindLibc, check, errno, OsError } from './libc.ts';

const libc = bindLibc({ flock: { args: ['i32', 'i32'], returns: 'i32' } });

const LOCK_EX = 2;
const LOCK_NB = 4;
const EAGAIN = 11;

/** Takes the BSD lock of an open file exclusively, waiting for it; closing the descriptor gives it back. @throws OsError */
export function flockExclusive(fd: number, path?: string): void {
  check(libc().flock(fd, LOCK_EX), 'flock', path);
}

/** The same without waiting: false when another has it. @throws OsError */
export function tryFlockExclusive(fd: number, path?: string): boolean {
  if (libc().flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const code = errno();
  if (code === EAGAIN) return false;
  throw new OsError('flock', code, path);
}

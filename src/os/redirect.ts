import { bindLibc, check } from './libc.ts';

const libc = bindLibc({ dup2: { args: ['i32', 'i32'], returns: 'i32' } });

/** Makes descriptor `to` another name for what `from` is open on; what it was open on is closed. */
export function redirect(from: number, to: number): void {
  check(libc().dup2(from, to), 'dup2');
}

import { dlopen } from 'bun:ffi';
import { closeSync, openSync, readdirSync } from 'node:fs';

export type JoinResult = 'joined' | 'threads' | 'refused';

/**
 * Moves this process into the user and mount namespaces of another. The kernel allows that to a process with one thread only,
 * and JavaScriptCore starts one as soon as the heap holds more than a little, so this file binds setns for itself and imports
 * nothing of ours. @returns 'threads' if it is too late for that, 'refused' if the namespaces are not ours to join
 */
export function joinNamespacesOf(pid: number): JoinResult {
  let user: number;
  let mounts: number;
  try {
    user = openSync(`/proc/${pid}/ns/user`, 'r');
    mounts = openSync(`/proc/${pid}/ns/mnt`, 'r');
  } catch {
    return 'refused';
  }
  const { symbols } = dlopen('libc.so.6', { setns: { args: ['i32', 'i32'], returns: 'i32' } });
  const threads = readdirSync('/proc/self/task').length > 1;
  const joined = !threads && symbols.setns(user, 0) === 0;
  if (joined && symbols.setns(mounts, 0) !== 0) throw new Error(`cannot join mount namespace for ${pid}`);
  closeSync(user);
  closeSync(mounts);
  if (threads) return 'threads';
  return joined ? 'joined' : 'refused';
}

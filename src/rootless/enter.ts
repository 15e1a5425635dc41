import { readFileSync } from 'node:fs';
import { hasCapability } from '../os/capabilities.ts';
import { joinNamespacesOf } from '../os/join-namespaces.ts';
import { recordOriginalIds } from './identity.ts';
import { needsUserNamespace } from './needs-user-namespace.ts';

/**
 * Brings a process without privileges into the user and mount namespaces of its user, those that the real podman uses too;
 * makes them, and the pause process that keeps them, where there are none. Afterwards we are root in there and the environment
 * tells the original ids, as podman's does. For root, and for commands that need nothing of this, it does nothing.
 *
 * Call it before anything else, and keep what it imports small: a process with one thread simply enters (a millisecond); as
 * soon as JavaScriptCore has threads the whole program has to be started again inside.
 * @param argv the arguments after the program's name
 * @param beforeCreating called in the rare case that a namespace is made, which may have warnings to show
 * @throws NamespaceFailure
 */
export function enterUserNamespace(argv: readonly string[], program = 'podman', beforeCreating?: () => void): void {
  const state = process.env['_CONTAINERS_USERNS_CONFIGURED'];
  if (state === 'init') arriveFromReexec();
  if (state) return;
  const euid = process.geteuid!();
  if (euid === 0 && hasCapability('CAP_SYS_ADMIN')) return;
  const needed = needsUserNamespace(argv, program);
  if (!needed) return;
  if (!joinPauseProcess(euid) && needed !== 'present') {
    (require('./enter-slowly.ts') as typeof import('./enter-slowly.ts')).enterSlowly(argv, beforeCreating);
  }
}

function arriveFromReexec(): void {
  const directory = process.env['_SELKIE_WORKING_DIRECTORY'];
  delete process.env['_SELKIE_WORKING_DIRECTORY'];
  if (directory !== undefined) process.chdir(directory);
  process.env['_CONTAINERS_USERNS_CONFIGURED'] = 'done';
}

/** The common case: the pause process lives and we have one thread. */
function joinPauseProcess(uid: number): boolean {
  let pid: number;
  let directory: string;
  try {
    pid = Number(readFileSync(`${process.env['XDG_RUNTIME_DIR'] || `/run/user/${uid}`}/libpod/tmp/pause.pid`, 'latin1'));
    directory = process.cwd();
  } catch {
    return false;
  }
  if (!(pid > 1)) return false;
  const gid = process.getegid!();
  if (joinNamespacesOf(pid) !== 'joined') return false;
  process.chdir(directory);
  recordOriginalIds(uid, gid);
  return true;
}

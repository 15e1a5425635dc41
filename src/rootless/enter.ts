import { isAbsolute } from 'node:path';
import { debug, warn } from '../diagnostics.ts';
import { hasCapability } from '../os/capabilities.ts';
import { findInPath } from '../os/executables.ts';
import { OsError } from '../os/libc.ts';
import { isSingleThreaded, type NamespaceFd, openNamespace, replaceProcess } from '../os/namespaces.ts';
import { needsUserNamespace } from './needs-user-namespace.ts';
import { findNamespaceHolder, pausePid, pausePidPath, registerPauseProcess } from './pause-process.ts';

const configured = '_CONTAINERS_USERNS_CONFIGURED';
const savedDirectory = '_SELKIE_WORKING_DIRECTORY';

/**
 * Brings a process without privileges into the user and mount namespaces of its user, those that the real podman uses too;
 * makes them, and the pause process that keeps them, where there are none. Afterwards we are root in there and the environment
 * tells the original ids, as podman's does. For root, and for commands that need nothing of this, it does nothing.
 *
 * Call it before anything heavy: a process with one thread simply enters; later, when the JIT's or the collector's threads are
 * there, the whole program has to be started again inside.
 * @param argv the arguments after the program's name
 * @param beforeCreating called in the rare case that a namespace is made, which may have warnings to show
 * @throws NamespaceFailure
 */
export function enterUserNamespace(argv: readonly string[], program = 'podman', beforeCreating?: () => void): void {
  if (process.env[configured]) {
    arriveFromReexec();
    return;
  }
  const euid = process.geteuid!();
  if (euid === 0 && hasCapability('CAP_SYS_ADMIN')) return;
  if (!needsUserNamespace(argv, program)) return;
  enterOrCreate(argv, beforeCreating);
}

function arriveFromReexec(): void {
  const directory = process.env[savedDirectory];
  if (directory !== undefined) {
    delete process.env[savedDirectory];
    process.chdir(directory);
  }
  if (process.env[configured] === 'init') process.env[configured] = 'done';
}

function enterOrCreate(argv: readonly string[], beforeCreating?: () => void): void {
  const holder = findNamespaceHolder();
  if (holder !== undefined) {
    try {
      if (holder !== pausePid()) registerPauseProcess(holder);
      enterNamespacesOf(holder, argv);
      return;
    } catch (error) {
      // A pid that now belongs to something else cannot be joined: its file is a leftover.
      if (!(error instanceof CannotJoin)) throw error;
      debug(`pid ${holder} in ${pausePidPath()} is not ours to join: ${error.message}`);
      forgetStale();
    }
  }
  beforeCreating?.();
  warnUnlessRootIsShared();
  const { startNamespaceHolder } = require('./create-namespace.ts') as typeof import('./create-namespace.ts');
  const { sendSignal } = require('../os/process.ts') as typeof import('../os/process.ts');
  const created = startNamespaceHolder();
  const won = registerPauseProcess(created);
  if (!won) sendSignal(created, 9);
  enterNamespacesOf(won ? created : (pausePid() ?? created), argv);
}

class CannotJoin extends Error {}

function forgetStale(): void {
  const { unlinkSync } = require('node:fs') as typeof import('node:fs');
  try {
    unlinkSync(pausePidPath());
  } catch {
    // another process was faster
  }
}

function enterNamespacesOf(pid: number, argv: readonly string[]): void {
  const uid = process.geteuid!();
  const gid = process.getegid!();
  const directory = workingDirectory();
  using user = open(pid, 'user');
  using mounts = open(pid, 'mnt');
  if (!isSingleThreaded()) startAgainInside(pid, directory, uid, gid, argv);
  try {
    user.enter();
  } catch (error) {
    if (error instanceof OsError) throw new CannotJoin(error.message);
    throw error;
  }
  mounts.enter();
  if (directory !== undefined) process.chdir(directory);
  process.setgid!(0);
  process.setuid!(0);
  process.env[configured] = 'done';
  process.env['_CONTAINERS_ROOTLESS_UID'] = String(uid);
  process.env['_CONTAINERS_ROOTLESS_GID'] = String(gid);
}

function open(pid: number, kind: string): NamespaceFd {
  try {
    return openNamespace(`/proc/${pid}/ns/${kind}`);
  } catch (error) {
    throw new CannotJoin((error as Error).message);
  }
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** The slow way, for when threads run already: nsenter from util-linux, then ourselves once more. */
function startAgainInside(pid: number, directory: string | undefined, uid: number, gid: number, argv: readonly string[]): never {
  const nsenter = findInPath('nsenter');
  if (nsenter === undefined) throw new CannotJoin('the program nsenter (Debian package util-linux) is not there');
  const self = process.argv[1]?.startsWith('/$bunfs/') ? [invokedAs()] : [process.execPath, process.argv[1]!];
  const args = [nsenter, '--target', String(pid), '--user', '--mount', '--preserve-credentials', '--', ...self, ...argv];
  replaceProcess(nsenter, args, {
    ...process.env,
    [configured]: 'init',
    [savedDirectory]: directory,
    _CONTAINERS_ROOTLESS_UID: String(uid),
    _CONTAINERS_ROOTLESS_GID: String(gid),
  });
}

/** Our program under the name that we were called by: `podman` behaves otherwise than `buildah`. */
function invokedAs(): string {
  const name = process.argv0;
  if (isAbsolute(name)) return name;
  if (name.includes('/')) return `${process.cwd()}/${name}`;
  return findInPath(name) ?? process.execPath;
}

function warnUnlessRootIsShared(): void {
  if (process.env['container'] !== undefined) return;
  const { readMountInfo } = require('../os/mount.ts') as typeof import('../os/mount.ts');
  const root = readMountInfo().find(({ mountPoint }) => mountPoint === '/');
  if (root === undefined || root.propagation.some((tag) => tag.startsWith('shared:'))) return;
  warn('"/" is not a shared mount, this could cause issues or missing mounts with rootless containers');
}

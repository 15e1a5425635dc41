import { unlinkSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { debug, warn } from '../diagnostics.ts';
import { findInPath } from '../os/executables.ts';
import { joinNamespacesOf } from '../os/join-namespaces.ts';
import { readMountInfo } from '../os/mount.ts';
import { replaceProcess } from '../os/namespaces.ts';
import { sendSignal } from '../os/process.ts';
import { NamespaceFailure, startHolderBeside, startNamespaceHolder } from './create-namespace.ts';
import { recordOriginalIds } from './identity.ts';
import { conmonPids, pausePid, pausePidPath, registerPauseProcess } from './pause-process.ts';

/** Joins a pause process or a running container's namespaces, or makes new ones. See enterUserNamespace. @throws NamespaceFailure */
export function enterSlowly(argv: readonly string[], beforeCreating?: () => void): void {
  const paused = pausePid();
  if (paused !== undefined) {
    if (enterNamespacesOf(paused, argv)) return;
    // A pid that now belongs to something else cannot be joined: its file is a leftover.
    debug(`pid ${paused} in ${pausePidPath()} is not ours to join`);
    forgetStale();
  }
  const holder = holdNamespaceOfConmon() ?? createNamespace(beforeCreating);
  const won = registerPauseProcess(holder);
  if (!won) sendSignal(holder, 9);
  if (!enterNamespacesOf(won ? holder : (pausePid() ?? holder), argv)) throw new NamespaceFailure('cannot join the new user namespace');
}

/** Containers that run have the user's namespaces, though the pause process is gone. */
function holdNamespaceOfConmon(): number | undefined {
  for (const pid of conmonPids()) {
    const holder = startHolderBeside(pid);
    if (holder !== undefined) return holder;
  }
  return undefined;
}

function createNamespace(beforeCreating?: () => void): number {
  beforeCreating?.();
  warnUnlessRootIsShared();
  return startNamespaceHolder();
}

function forgetStale(): void {
  try {
    unlinkSync(pausePidPath());
  } catch {
    // another process was faster
  }
}

function enterNamespacesOf(pid: number, argv: readonly string[]): boolean {
  const uid = process.geteuid!();
  const gid = process.getegid!();
  const directory = workingDirectory();
  const result = joinNamespacesOf(pid);
  if (result === 'threads') startAgainInside(pid, directory, uid, gid, argv);
  if (result === 'refused') return false;
  if (directory !== undefined) process.chdir(directory);
  recordOriginalIds(uid, gid);
  return true;
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
  if (nsenter === undefined) throw new NamespaceFailure('the program nsenter (Debian package util-linux) is not there');
  const self = process.argv[1]?.startsWith('/$bunfs/') ? [invokedAs()] : [process.execPath, process.argv[1]!];
  const args = [nsenter, '--target', String(pid), '--user', '--mount', '--preserve-credentials', '--', ...self, ...argv];
  replaceProcess(nsenter, args, {
    ...process.env,
    _CONTAINERS_USERNS_CONFIGURED: 'init',
    _CONTAINERS_ROOTLESS_UID: String(uid),
    _CONTAINERS_ROOTLESS_GID: String(gid),
    _SELKIE_WORKING_DIRECTORY: directory,
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
  const root = readMountInfo().find(({ mountPoint }) => mountPoint === '/');
  if (root === undefined || root.propagation.some((tag) => tag.startsWith('shared:'))) return;
  warn('"/" is not a shared mount, this could cause issues or missing mounts with rootless containers');
}

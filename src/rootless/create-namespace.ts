import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readSync, writeFileSync } from 'node:fs';
import { reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { findInPath, firstExecutable } from '../os/executables.ts';
import { makePipe, sendSignal } from '../os/process.ts';
import { type IdMapping, NoSubordinateIds, subordinateIds } from './id-mappings.ts';
import { rootlessGid, rootlessUid, userName } from './identity.ts';

/** No user namespace could be made. */
export class NamespaceFailure extends SelkieError {
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `fatal error, invalid internal status, unable to create a new pause process: ${reason}. Try running "${process.argv0} system migrate" and if that doesn't work reboot to recover`,
      options,
    );
  }
}

/**
 * Starts a process that holds a new user namespace, with the calling user as root and the subordinate ids after it, and a
 * new mount namespace, whose mounts receive what the host mounts. The process has no terminal and outlives us.
 * @throws NamespaceFailure
 */
export function startNamespaceHolder(): number {
  const pid = spawnUnmapped();
  try {
    mapIds(pid);
    return pid;
  } catch (error) {
    sendSignal(pid, 9);
    throw error;
  }
}

/**
 * Starts a process that holds the namespaces of another, which may end any time.
 * @returns undefined if that has ended, or its namespaces are not ours to join
 */
export function startHolderBeside(pid: number): number | undefined {
  const nsenter = findInPath('nsenter');
  if (nsenter === undefined) return undefined;
  return spawnHolder(nsenter, ['--target', String(pid), '--user', '--mount', '--preserve-credentials', '--']);
}

function spawnUnmapped(): number {
  const unshare = findInPath('unshare');
  if (unshare === undefined) throw new NamespaceFailure('the program unshare (Debian package util-linux) is not there');
  const pid = spawnHolder(unshare, ['--user', '--mount', '--propagation', 'unchanged']);
  if (pid !== undefined) return pid;
  throw new NamespaceFailure('cannot clone: Operation not permitted: user namespaces are not available to this user');
}

/** Starts the pause process by a program that prepares for it, and waits until it has. */
function spawnHolder(program: string, args: readonly string[]): number | undefined {
  const holder = findInPath('catatonit') ?? firstExecutable(['/usr/libexec/podman/catatonit', '/usr/lib/podman/catatonit']);
  const hold = holder === undefined ? 'exec sleep infinity' : `exec '${holder}' -P`;
  using ready = makePipe();
  const child = spawn(program, [...args, '/bin/sh', '-c', `echo; ${hold} >/dev/null`], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', ready.write, 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  child.on('error', () => {});
  child.unref();
  ready.closeWrite();
  return readSync(ready.read, new Uint8Array(1)) === 1 ? child.pid : undefined;
}

function mapIds(pid: number): void {
  const ranges = configuredRanges();
  if (process.geteuid!() === 0) {
    for (const kind of ['uid', 'gid'] as const) copyOwnMap(pid, kind);
    return;
  }
  if (ranges === undefined) {
    warn(
      'Using rootless single mapping into the namespace. This might break some images. Check /etc/subuid and /etc/subgid for adding sub*ids if not using a network user',
    );
    writeFileSync(`/proc/${pid}/setgroups`, 'deny\n');
    writeFileSync(`/proc/${pid}/uid_map`, `0 ${rootlessUid()} 1\n`);
    writeFileSync(`/proc/${pid}/gid_map`, `0 ${rootlessGid()} 1\n`);
    return;
  }
  runMappingTool('newuidmap', pid, rootlessUid(), ranges.uids);
  runMappingTool('newgidmap', pid, rootlessGid(), ranges.gids);
}

function configuredRanges(): { uids: IdMapping[]; gids: IdMapping[] } | undefined {
  try {
    return { uids: subordinateIds('subuid'), gids: subordinateIds('subgid') };
  } catch (error) {
    if (!(error instanceof NoSubordinateIds)) throw error;
    if (process.geteuid!() !== 0) {
      reportError(`cannot find UID/GID for user ${userName()}: ${error.message} - check rootless mode in man pages.`);
    }
    return undefined;
  }
}

/** Root without CAP_SYS_ADMIN keeps its ids. crun tells a user namespace by the missing full range, so that is split. */
function copyOwnMap(pid: number, kind: 'uid' | 'gid'): void {
  const own = readFileSync(`/proc/self/${kind}_map`, 'utf8');
  writeFileSync(`/proc/${pid}/${kind}_map`, own.includes('4294967295') ? '0 0 1\n1 1 4294967294\n' : own);
}

function runMappingTool(tool: 'newuidmap' | 'newgidmap', pid: number, ownId: number, ranges: readonly IdMapping[]): void {
  const what = tool === 'newuidmap' ? 'UID' : 'GID';
  const where = tool === 'newuidmap' ? '/etc/subuid' : '/etc/subgid';
  const path = findInPath(tool);
  if (path === undefined) {
    throw new NamespaceFailure(
      `command required for rootless mode with multiple IDs: exec: "${tool}": executable file not found in $PATH (Debian package uidmap)`,
    );
  }
  const covering = ranges.find(({ hostId, size }) => ownId >= hostId && ownId < hostId + size);
  if (covering !== undefined) {
    throw new NamespaceFailure(
      `invalid configuration: the specified mapping ${covering.hostId}:${covering.size} in "${where}" includes the user ${what}`,
    );
  }
  const args = [pid, 0, ownId, 1, ...ranges.flatMap(({ containerId, hostId, size }) => [containerId + 1, hostId, size])].map(String);
  const result = spawnSync(path, args, { encoding: 'utf8' });
  if (result.status === 0) return;
  reportError(`running \`${[path, ...args].join(' ')}\`: ${result.stderr}${result.stdout}`);
  throw new NamespaceFailure(`cannot set up namespace using "${path}": exit status ${result.status}`);
}

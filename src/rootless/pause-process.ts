import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryLockPath } from '../os/locks.ts';
import { processExists, sendSignal } from '../os/process.ts';
import { runtimeDir } from './runtime-dir.ts';

/** The file in which libpod keeps the pid of the process that holds a user's namespaces open. */
export function pausePidPath(): string {
  return join(runtimeDir(), 'libpod/tmp/pause.pid');
}

/** The pause process's pid; undefined where there is none or the file is a leftover. */
export function pausePid(): number | undefined {
  return livePid(pausePidPath());
}

function livePid(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const pid = /^\d+\s*$/.test(text) ? Number(text) : 0;
  return processExists(pid) ? pid : undefined;
}

/** The monitors of a user's running containers, by the files that podman leaves with them. */
export function* conmonPids(): Generator<number> {
  const containers = join(runtimeDir(), 'containers/overlay-containers');
  if (!existsSync(containers)) return;
  for (const id of readdirSync(containers)) {
    const pid = livePid(join(containers, id, 'userdata/conmon.pid'));
    if (pid !== undefined) yield pid;
  }
}

/**
 * Publishes a new pause process. Of several processes that try at once one wins.
 * @returns false where another live pause process is registered already
 */
export function registerPauseProcess(pid: number): boolean {
  const path = pausePidPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, String(pid), { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(temporary, path);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (pausePid() !== undefined) return false;
      removeStalePidFile(path);
    }
  } finally {
    unlinkSync(temporary);
  }
}

/** Removes a pid file whose process is gone, under the lock that podman takes for it, so that no new one is lost. */
function removeStalePidFile(path: string): void {
  const lock = tryLockPath(path, false);
  if (lock === undefined) return;
  const { closeSync } = require('node:fs') as typeof import('node:fs');
  try {
    if (pausePid() === undefined) unlinkSync(path);
  } catch {
    // gone already
  } finally {
    closeSync(lock);
  }
}

/** Ends the pause process, so that the next command makes a namespace anew. @returns whether there was one */
export function stopPauseProcess(): boolean {
  const pid = pausePid();
  if (pid !== undefined) sendSignal(pid, 9);
  try {
    unlinkSync(pausePidPath());
  } catch {
    // there was none
  }
  return pid !== undefined;
}

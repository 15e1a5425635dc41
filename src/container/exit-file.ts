import { closeSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant } from '../image/instant.ts';
import { isAlive } from '../os/process.ts';
import { IN_CREATE, IN_MOVED_TO, Inotify, openPidfd, pollReadable, untilReadable } from '../os/readable.ts';
import { nowText } from './clock.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

export interface ExitReport {
  code: number;
  finished: string;
  oomKilled: boolean;
  /** conmon was killed before it could tell: the code is not known. */
  isLost?: boolean;
}

const exitPath = (engine: ContainerEngine, id: string): string => join(engine.paths.exitsDir, id);

/** What conmon wrote when the container's process ended; undefined while there is nothing. */
export function readExit(engine: ContainerEngine, id: string): ExitReport | undefined {
  for (const path of [exitPath(engine, id), join(engine.paths.persistDir, id, 'exit')]) {
    try {
      const text = readFileSync(path, 'utf8').trim();
      const { mtimeNs } = statSync(path, { bigint: true });
      return {
        code: Number.parseInt(text, 10),
        finished: formatInstant(mtimeNs),
        oomKilled: existsSync(join(engine.paths.persistDir, id, 'oom')),
      };
    } catch {
      // not there yet
    }
  }
  return undefined;
}

/** Makes room for the exit of the next run, forgetting an earlier one. */
export function expectExit(engine: ContainerEngine, id: string): void {
  clearExit(engine, id);
  mkdirSync(join(engine.paths.persistDir, id), { recursive: true, mode: 0o750 });
}

/** Forgets a run's exit. */
export function clearExit(engine: ContainerEngine, id: string): void {
  rmSync(exitPath(engine, id), { force: true });
  rmSync(join(engine.paths.persistDir, id), { recursive: true, force: true });
}

/**
 * Waits until conmon has written the exit file, or is gone without: then the container counts as ended with -1 once its process is.
 * Event-driven: inotify on the directory and a pidfd. @throws the signal's reason
 */
export async function waitForExit(
  engine: ContainerEngine,
  container: Container,
  isSoon = false,
  signal?: AbortSignal,
): Promise<ExitReport> {
  const { id, state } = container;
  using events = new Inotify();
  events.watch(engine.paths.exitsDir, IN_MOVED_TO | IN_CREATE);
  for (;;) {
    const report = readExit(engine, id);
    if (report !== undefined) return report;
    const watched = isAlive(state.conmonPid) ? state.conmonPid : state.pid;
    const process = openPidfd(watched);
    if (process < 0 || !isAlive(watched, watched === state.pid ? state.pidStart : '')) {
      return readExit(engine, id) ?? { code: -1, finished: nowText(), oomKilled: false, isLost: true };
    }
    try {
      if (isSoon && pollReadable([events.fd, process], 200)) {
        events.drain();
        continue;
      }
      using written = untilReadable(events.fd, signal);
      using ended = untilReadable(process);
      await Promise.race([written.ready, ended.ready]);
      signal?.throwIfAborted();
      events.drain();
    } finally {
      closeSync(process);
    }
  }
}

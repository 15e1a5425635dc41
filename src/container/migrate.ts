import { closeSync } from 'node:fs';
import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import { openPidfd, pollReadable } from '../os/readable.ts';
import { stopPauseProcess } from '../rootless/pause-process.ts';
import type { ContainerEngine } from './engine.ts';
import { stopContainer } from './stop.ts';

/** The OCI runtime that containers were to have is in no configuration. */
export class UnknownRuntime extends SelkieError {
  constructor(readonly runtime: string) {
    super(`change to runtime ${JSON.stringify(runtime)} requested but no such runtime is defined: invalid argument`);
  }
}

export interface MigrateOptions {
  /** The runtime that all containers get; empty to leave theirs. */
  newRuntime: string;
  onStopped(id: string): void;
}

/**
 * Makes containers follow a changed configuration: all are stopped and get another runtime if one is named, and a rootless user's
 * namespaces are given up, so that the next command makes them anew from /etc/subuid and /etc/subgid.
 *
 * @throws UnknownRuntime, SelkieError when a container cannot be stopped
 */
export async function migrate(engine: ContainerEngine, { newRuntime, onStopped }: MigrateOptions): Promise<void> {
  for (const container of engine.state.list()) {
    if (!container.isRunning) continue;
    const monitor = openPidfd(container.state.conmonPid);
    try {
      await stopContainer(engine, container);
      // While it still cleans up, the next command would find the old namespaces with it.
      if (monitor >= 0) pollReadable([monitor], 5000);
    } catch (error) {
      throw new SelkieError(`cannot stop container ${container.id}: ${(error as Error).message}`, { cause: error });
    } finally {
      if (monitor >= 0) closeSync(monitor);
    }
    onStopped(container.id);
  }
  if (newRuntime !== '') {
    if (!(newRuntime in engine.conf.engine.runtimes)) throw new UnknownRuntime(newRuntime);
    for (const container of engine.state.list()) {
      container.config.runtime = newRuntime;
      engine.state.saveConfig(container);
    }
  }
  if (isRootless()) stopPauseProcess();
}

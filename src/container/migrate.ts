import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import { stopPauseProcess } from '../rootless/pause-process.ts';
import type { ContainerEngine } from './engine.ts';

/**
 * Makes containers follow a changed configuration: all get another runtime if one is named, and a rootless user's namespaces are
 * given up, so that the next command makes them anew from /etc/subuid and /etc/subgid. Running containers are stopped first.
 */
export async function migrate(engine: ContainerEngine, newRuntime: string): Promise<void> {
  const running = engine.state.list().filter((container) => container.isRunning);
  if (running.length > 0) throw new SelkieError('stop all containers before migrating');
  if (newRuntime !== '') {
    if (!(newRuntime in engine.conf.engine.runtimes)) {
      throw new SelkieError(`requested runtime "${newRuntime}" is not available: invalid argument`);
    }
    for (const container of engine.state.list()) {
      container.config.runtime = newRuntime;
      engine.state.saveConfig(container);
    }
  }
  if (isRootless()) stopPauseProcess();
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { sendSignal } from '../os/process.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { deleteFromRuntime, runtimeOf } from './runtime.ts';

/**
 * Ends what a start has left that was killed before it could write down what it had begun: a conmon that waits for a container which
 * the database does not know to exist. Cheap where there is nothing; the caller holds the lock and the state is not a running one.
 */
export async function endUnfinishedStart(engine: ContainerEngine, container: Container): Promise<void> {
  const { config, state } = container;
  const neverRan = state.status === 'configured' && existsSync(join(engine.paths.persistDir, config.id));
  if (!neverRan && !isConmonOf(config.id, readPid(config.conmonPidFile))) return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (isConmonOf(config.id, pid)) sendSignal(Number(pid), constants.signals.SIGKILL);
  }
  await deleteFromRuntime(runtimeOf(engine, container), config.id);
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}

/** Whether the process is the conmon that holds the container, not one of its exec sessions. */
function isConmonOf(id: string, pid: string): boolean {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes('--conmon-pidfile') && words[words.indexOf('-c') + 1] === id;
  } catch {
    return false;
  }
}

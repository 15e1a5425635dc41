import { isAlive } from '../os/process.ts';
import { nowText } from './clock.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { ContainerRemoved } from './errors.ts';
import { type ExitReport, readExit } from './exit-file.ts';
import { healthStatus } from './health.ts';

/** Reads the state anew. @throws ContainerRemoved */
export function requirePresent(engine: ContainerEngine, container: Container): void {
  if (!engine.state.refresh(container)) throw new ContainerRemoved(container.id);
}

/**
 * Brings a state that says "running" in line with what is: the process ended (conmon left its exit file), or was lost together with
 * conmon. Writes the outcome; the caller holds the lock, or accepts to write the same as another.
 */
export function syncState(engine: ContainerEngine, container: Container): void {
  const ended = endOf(engine, container);
  if (ended !== undefined) recordExit(engine, container, ended);
}

/** As `syncState` for showing only: nothing is written. */
export function seeState(engine: ContainerEngine, container: Container): void {
  const ended = endOf(engine, container);
  if (ended !== undefined) applyExit(container, ended);
}

function endOf(engine: ContainerEngine, { id, state }: Container): ExitReport | undefined {
  if (!['running', 'paused', 'stopping', 'created'].includes(state.status)) return undefined;
  const report = readExit(engine, id);
  if (report !== undefined) return report;
  if (isAlive(state.pid, state.pidStart) || isAlive(state.conmonPid)) return undefined;
  return readExit(engine, id) ?? { code: -1, finished: nowText(), oomKilled: false };
}

function applyExit({ state }: Container, report: ExitReport): void {
  state.status = 'stopped';
  state.exitCode = report.code;
  state.finished = report.finished;
  state.oomKilled = report.oomKilled;
  state.exited = true;
  state.pid = 0;
  state.pidStart = '';
  state.conmonPid = 0;
}

/** Writes down that the container's process has ended; clean-up comes later. */
export function recordExit(engine: ContainerEngine, container: Container, report: ExitReport): void {
  applyExit(container, report);
  container.state.restartPolicyMatch = shouldRestart(container);
  engine.state.transaction(() => {
    engine.state.saveExitCode(container.id, report.code);
    engine.state.saveState(container);
  });
  engine.events.writeContainerEvent(container, 'died', { exitCode: report.code, oomKilled: report.oomKilled });
}

/** Whether the restart policy wants the container started again. */
export function shouldRestart(container: Container): boolean {
  const { config, state } = container;
  if (config.healthcheckOnFailure === 'restart' && healthStatus(container) === 'unhealthy') return true;
  if (state.stoppedByUser) return false;
  switch (config.restartPolicy) {
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return state.exitCode !== 0 && (config.restartRetries === 0 || state.restartCount < config.restartRetries);
    default:
      return false;
  }
}

import { constants } from 'node:os';
import { SelkieError } from '../errors.ts';
import { instantOf } from '../image/instant.ts';
import { sendSignal } from '../os/process.ts';
import { nowInstant, nowText } from './clock.ts';
import type { Container, HealthcheckConfig } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { RuntimeFailed } from './errors.ts';
import { newExecSession, plainExec, startExecSession } from './exec.ts';
import { dropExecSession } from './exec-session.ts';
import { type HealthLog, hasHealthcheck, readHealthLog, writeHealthLog } from './health.ts';
import { killContainer, stopContainer } from './stop.ts';
import { syncState } from './sync-state.ts';

/** Nanoseconds. */
const STANDARD_TIMEOUT = 30e9;

/** No process ends with it: the check was ended. podman writes it down as 125. */
const TIMED_OUT = -1;

export class HealthcheckTimedOut extends SelkieError {
  constructor(nanoseconds: number) {
    super(`healthcheck command exceeded timeout of ${nanoseconds / 1e9}s`);
  }
}

/** What `healthcheck run` says; nothing for a healthy container. */
export type HealthVerdict = 'healthy' | 'unhealthy' | 'starting' | 'stopped';

/** Checks a container's health once, writes the result down and does what the container asks for when it is unhealthy. @throws SelkieError */
export async function runHealthcheck(engine: ContainerEngine, container: Container): Promise<HealthVerdict> {
  syncState(engine, container);
  const { config, state } = container;
  if (state.status !== 'running') throw new SelkieError(`container ${config.id} is not running`);
  if (!hasHealthcheck(container)) throw new SelkieError(`container ${config.id} has no defined healthcheck`);
  const isStartup = config.startupHealthcheck !== undefined && !state.startupHealthcheckPassed;
  const check = isStartup ? config.startupHealthcheck! : config.healthcheck!;
  // Containers of Kubernetes YAML are left alone until their initial delay is over.
  if (!isStartup && config.spec.annotations?.['io.podman.annotations.kube.health.check'] !== undefined && isInStartPeriod(container))
    return 'unhealthy';
  const start = nowText();
  const { code, output } = await execCheck(engine, container, check);
  const inStartPeriod = isStartup || isInStartPeriod(container);
  if (isStartup) await countStartup(engine, container, code === 0);
  engine.state.refresh(container);
  syncState(engine, container);
  const size = config.healthLog.maxSize;
  const log = record(container, {
    entry: {
      Start: start,
      End: nowText(),
      ExitCode: code === 0 ? 0 : code === TIMED_OUT ? 125 : 1,
      Output: size > 0 ? output.slice(0, size) : output,
    },
    inStartPeriod,
    hasStopped: code !== 0 && !container.isRunning,
    retries: config.healthcheck!.retries ?? 3,
  });
  if (engine.conf.engine.healthcheck_events) {
    engine.events.writeContainerEvent(container, 'health_status', {
      healthStatus: log.status,
      healthFailingStreak: log.failingStreak,
      healthLog: config.healthLog.destination === 'events_logger' ? JSON.stringify(log.log?.at(-1)) : undefined,
    });
  }
  if (code !== 0 && !container.isRunning) return 'stopped';
  if (log.status === 'unhealthy' && !isStartup) await actOnFailure(engine, container);
  if (code === TIMED_OUT) throw new HealthcheckTimedOut(check.timeout ?? STANDARD_TIMEOUT);
  return code === 0 ? 'healthy' : inStartPeriod && isStartup ? 'starting' : 'unhealthy';
}

async function execCheck(
  engine: ContainerEngine,
  container: Container,
  check: HealthcheckConfig,
): Promise<{ code: number; output: string }> {
  const [kind = '', ...rest] = check.test;
  const command = kind === 'CMD' ? rest : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : check.test;
  if ((command[0] ?? '') === '') throw new SelkieError(`container ${container.id} has no defined healthcheck`);
  const session = newExecSession(container, { ...plainExec, command });
  const chunks: Buffer[] = [];
  const keep = (chunk: Uint8Array): void => {
    chunks.push(Buffer.from(chunk));
  };
  try {
    const running = await startExecSession(engine, container, session, {
      foreground: true,
      silent: true,
      streams: { stdout: keep, stderr: keep, detachKeys: [] },
    });
    let late = false;
    const timeout = (check.timeout ?? STANDARD_TIMEOUT) / 1e6;
    const timer = setTimeout(() => {
      late = true;
      sendSignal(session.pid, constants.signals.SIGKILL);
    }, timeout);
    await running.end;
    const code = await running.exitCode();
    clearTimeout(timer);
    return { code: late ? TIMED_OUT : code, output: Buffer.concat(chunks).toString() };
  } catch (error) {
    if (!(error instanceof RuntimeFailed)) throw error;
    return { code: 1, output: Buffer.concat(chunks).toString() };
  } finally {
    dropExecSession(engine, container, session.id);
  }
}

function record(
  container: Container,
  result: { entry: NonNullable<HealthLog['log']>[number]; inStartPeriod: boolean; hasStopped: boolean; retries: number },
): HealthLog {
  const { entry, inStartPeriod, hasStopped, retries } = result;
  const log = readHealthLog(container);
  if (entry.ExitCode === 0) {
    log.failingStreak = 0;
    log.status = 'healthy';
  } else {
    log.status ||= 'starting';
    if (hasStopped) log.status = 'stopped';
    else if (!inStartPeriod) {
      log.failingStreak++;
      if (log.failingStreak >= retries) log.status = 'unhealthy';
    }
  }
  const count = container.config.healthLog.maxCount;
  const entries = [...(log.log ?? []), entry];
  log.log = count > 0 ? entries.slice(-count) : entries;
  writeHealthLog(container, log);
  return log;
}

async function countStartup(engine: ContainerEngine, container: Container, passed: boolean): Promise<void> {
  const { config, state } = container;
  const { successes = 0, retries = 0 } = config.startupHealthcheck!;
  let restarts = false;
  let hasPassed = false;
  await engine.locks.with(container.id, () => {
    if (passed) {
      state.startupSuccesses++;
      if (state.startupSuccesses >= successes) {
        state.startupHealthcheckPassed = true;
        state.startupSuccesses = 0;
        state.startupFailures = 0;
        hasPassed = true;
      }
    } else {
      state.startupFailures++;
      restarts = retries > 0 && state.startupFailures >= retries;
    }
    engine.state.saveState(container);
  });
  if (hasPassed) {
    const { changeInterval } = await import('./health-schedule.ts');
    changeInterval(engine, container);
  }
  if (!restarts) return;
  const { restartContainer } = await import('./restart.ts');
  await restartContainer(engine, container);
}

async function actOnFailure(engine: ContainerEngine, container: Container): Promise<void> {
  switch (container.config.healthcheckOnFailure) {
    case 'kill':
      return killContainer(engine, container, constants.signals.SIGKILL);
    case 'stop':
    case 'restart':
      // A restart is the exit command's business: by the restart policy that goes with it.
      return stopContainer(engine, container);
    default:
      return;
  }
}

function isInStartPeriod({ config, state }: Container): boolean {
  const startPeriod = BigInt(config.healthcheck!.startPeriod ?? 0);
  return startPeriod > 0n && nowInstant() < instantOf(state.started) + startPeriod;
}

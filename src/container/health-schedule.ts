import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { warn } from '../diagnostics.ts';
import { isAlive, processStartTime, processStat, sendSignal } from '../os/process.ts';
import { randomId } from '../storage/ids.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { healthcheckCommand } from './exit-command.ts';
import { hasHealthcheck } from './health.ts';

/**
 * Who checks a container's health while it runs; absent, nobody does. `seconds` lie between the end of a check and the next one.
 * A file in the container's volatile directory, one line: SECONDS `process` PID START, or SECONDS `unit` NAME.
 */
interface Schedule {
  seconds: number;
  process?: { pid: number; start: string };
  unit?: string;
}

/** Checks as long as the file is there and the container's process is the one that it was started for. */
const loop = `trap '' HUP INT QUIT
file=$1 pid=$2 start=$3; shift 3
alive() { read -r line 2>/dev/null < "/proc/$pid/stat" && after \${line##*) }; }
after() { [ "$1" != Z ] && shift 19 && [ "$1" = "$start" ]; }
while [ -e "$file" ] && alive; do
  "$@" </dev/null >/dev/null 2>&1
  read -r seconds rest 2>/dev/null < "$file" || exit 0
  sleep "$seconds"
done`;

/** Whether systemd keeps the time, as for podman; else a small process does. */
const systemdRuns = (): boolean => existsSync('/run/systemd/system');

/**
 * Has the health check run at once and then in its interval: by a transient timer of systemd, or without systemd by a shell that
 * lives as long as the container. Nothing where the interval is 0 or `DISABLE_HC_SYSTEMD=true` says so.
 */
export function startHealthchecks(engine: ContainerEngine, container: Container): void {
  const seconds = intervalOf(container);
  if (seconds === 0 || !hasHealthcheck(container) || process.env['DISABLE_HC_SYSTEMD'] === 'true') return;
  try {
    if (systemdRuns()) startUnit(engine, container, seconds);
    else startLoop(engine, container, seconds);
  } catch (error) {
    warn(`creating timer for the health check of ${container.id}: ${(error as Error).message}`);
  }
}

/** Ends the checks. A check that runs at this moment, which may be the caller, is not disturbed. */
export function stopHealthchecks(container: Container): void {
  const schedule = readSchedule(container);
  if (schedule === undefined) return;
  rmSync(schedulePath(container), { force: true });
  if (schedule.unit !== undefined) systemctl('stop', `${schedule.unit}.timer`);
  if (schedule.process === undefined || !isAlive(schedule.process.pid, schedule.process.start)) return;
  // The loop leads a group of its own, in which its checks run; without its file it ends by itself.
  const { pid } = schedule.process;
  if (processStat(process.pid)?.[5] !== String(pid)) sendSignal(-pid, constants.signals.SIGTERM);
}

/** The startup check has passed, or an interval was changed: the time between two checks is another. */
export function changeInterval(engine: ContainerEngine, container: Container): void {
  const schedule = readSchedule(container);
  const seconds = intervalOf(container);
  if (schedule?.process !== undefined && seconds > 0) writeSchedule(container, { ...schedule, seconds });
  else {
    stopHealthchecks(container);
    startHealthchecks(engine, container);
  }
}

/** Seconds; 0 where nobody is to check. */
function intervalOf({ config, state }: Container): number {
  const startup = config.startupHealthcheck;
  const regular = config.healthcheck?.interval ?? 30e9;
  const nanoseconds = startup !== undefined && !state.startupHealthcheckPassed ? (startup.interval ?? regular) : regular;
  return regular <= 0 || nanoseconds <= 0 ? 0 : nanoseconds / 1e9;
}

function startLoop(engine: ContainerEngine, container: Container, seconds: number): void {
  const { pid, pidStart } = container.state;
  // Only a file that is there keeps the loop going.
  writeSchedule(container, { seconds });
  const child = Bun.spawn(
    ['/bin/sh', '-c', loop, 'sh', schedulePath(container), String(pid), pidStart, ...healthcheckCommand(engine, container.id)],
    // The variables that say who called are in our environment only since we entered the user namespace.
    { stdio: ['ignore', 'ignore', 'ignore'], cwd: '/', env: process.env, detached: true },
  );
  child.unref();
  writeSchedule(container, { seconds, process: { pid: child.pid, start: processStartTime(child.pid) } });
}

function startUnit(engine: ContainerEngine, container: Container, seconds: number): void {
  const unit = `${container.id}-${randomId().slice(0, 16)}`;
  const child = Bun.spawnSync(
    [
      'systemd-run',
      '--quiet',
      '--collect',
      ...(process.getuid!() === 0 ? [] : ['--user']),
      `--unit=${unit}`,
      '--property=LogLevelMax=notice',
      '--property=StartLimitIntervalSec=0',
      `--on-unit-inactive=${seconds}s`,
      '--timer-property=AccuracySec=1s',
      `--setenv=PATH=${process.env['PATH'] ?? ''}`,
      ...healthcheckCommand(engine, container.id),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (child.exitCode !== 0) throw new Error(child.stderr.toString().trim());
  writeSchedule(container, { seconds, unit });
  systemctl('start', '--no-block', `${unit}.service`);
}

function systemctl(...args: string[]): void {
  const user = process.getuid!() === 0 ? [] : ['--user'];
  Bun.spawnSync(['systemctl', ...user, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
}

const schedulePath = ({ config }: Container): string => join(config.runDir, 'health-schedule');

function readSchedule(container: Container): Schedule | undefined {
  let text: string;
  try {
    text = readFileSync(schedulePath(container), 'utf8');
  } catch {
    return undefined;
  }
  const [seconds, kind, name = '', start = ''] = text.trim().split(' ');
  return {
    seconds: Number(seconds),
    ...(kind === 'process' ? { process: { pid: Number(name), start } } : {}),
    ...(kind === 'unit' ? { unit: name } : {}),
  };
}

function writeSchedule(container: Container, { seconds, process, unit }: Schedule): void {
  const path = schedulePath(container);
  const keeper = process !== undefined ? ` process ${process.pid} ${process.start}` : unit !== undefined ? ` unit ${unit}` : '';
  mkdirSync(container.config.runDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${seconds}${keeper}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

import { closeSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { bindLibc, check, errno, OsError } from './libc.ts';

const libc = bindLibc({
  pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
  kill: { args: ['i32', 'i32'], returns: 'i32' },
  _exit: { args: ['i32'], returns: 'void' },
});

const O_CLOEXEC = 0o2000000;

/** A pipe whose ends close themselves; both are close-on-exec, so a child gets one only by name. */
export interface Pipe extends Disposable {
  readonly read: number;
  readonly write: number;
  closeRead(): void;
  closeWrite(): void;
}

export function makePipe(): Pipe {
  const ends = new Int32Array(2);
  check(libc().pipe2(ends, O_CLOEXEC), 'pipe2');
  const open = [true, true];
  const close = (end: 0 | 1): void => {
    if (!open[end]) return;
    open[end] = false;
    closeSync(ends[end]!);
  };
  return {
    read: ends[0]!,
    write: ends[1]!,
    closeRead: () => close(0),
    closeWrite: () => close(1),
    [Symbol.dispose]() {
      close(0);
      close(1);
    },
  };
}

/** Sends a signal; false where there is no such process. */
export function sendSignal(pid: number, signal: number): boolean {
  if (libc().kill(pid, signal) === 0) return true;
  const code = errno();
  if (code === constants.errno.ESRCH) return false;
  throw new OsError('kill', code);
}

/** Whether the process exists (a zombie counts, as for kill(2)). */
export function processExists(pid: number): boolean {
  if (pid <= 0) return false;
  if (libc().kill(pid, 0) === 0) return true;
  return errno() !== constants.errno.ESRCH;
}

/** What /proc/PID/stat says after the command's name, by the numbers of proc(5) (`fields[3]` is the state); undefined if there is no such process. */
export function processStat(pid: number): string[] | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const end = text.lastIndexOf(')');
  const head = text.slice(0, end);
  return [
    '',
    head.slice(0, head.indexOf(' ')),
    head.slice(head.indexOf('(') + 1),
    ...text
      .slice(end + 2)
      .trimEnd()
      .split(' '),
  ];
}

/** Clock ticks since boot at which the process began: with the pid it names a process for good. Empty where there is none. */
export function processStartTime(pid: number): string {
  return processStat(pid)?.[22] ?? '';
}

/** Whether this very process (not a later one with its pid) still runs; zombies do not. An unknown start time (`''`) matches any. */
export function isAlive(pid: number, startTime = ''): boolean {
  if (pid <= 0) return false;
  const stat = processStat(pid);
  if (stat === undefined || stat[3] === 'Z' || stat[3] === 'X') return false;
  return startTime === '' || stat[22] === startTime;
}

/**
 * Ends the process when its exit listeners have run, without taking the JavaScript engine apart: that closes SQLite databases, each
 * with a checkpoint and four syncs, and frees memory that the kernel frees anyway. Output must have been written.
 */
export function exitNow(code: number): never {
  process.exitCode = code;
  process.emit('exit', code);
  libc()._exit(code);
  throw new Error('unreachable');
}

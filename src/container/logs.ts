import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { IN_CREATE, IN_MODIFY, IN_MOVED_TO, Inotify, untilReadable } from '../os/readable.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { isUnitLogged, readJournalLog } from './journal-logs.ts';
import { inTime, isRunning, type LogLine, type LogOptions } from './log-line.ts';

/** Log drivers that keep nothing to read. */
export class NothingLogged extends SelkieError {
  constructor(readonly driver: string) {
    super(`this container is using the '${driver}' log driver, cannot read logs: this container is not logging output`);
  }
}

/** @throws NothingLogged, SelkieError where the journal cannot tell when the container ends */
export function checkReadable(container: Container, follow = false, eventsBackend = 'journald'): void {
  const { driver } = container.config.log;
  if (driver === 'none' || (driver.startsWith('passthrough') && !isUnitLogged(container))) throw new NothingLogged(driver);
  if (driver === 'journald' && follow && eventsBackend !== 'journald') {
    throw new SelkieError(
      `using --follow with the journald --log-driver but without the journald --events-backend (${eventsBackend}) is not supported`,
    );
  }
}

/** The lines of a container's log in batches; with `follow` until the container has ended. Format: k8s-file. */
export async function* readLog(engine: ContainerEngine, container: Container, options: LogOptions = {}): AsyncGenerator<LogLine[]> {
  checkReadable(container, options.follow, engine.events.backend);
  const { path, driver } = container.config.log;
  if (driver !== 'k8s-file') {
    yield* readJournalLog(engine, container, options);
    return;
  }
  let file = openLog(path);
  if (file === undefined) {
    if (!options.follow || !isRunning(engine, container)) return;
  }
  const chosen = (line: LogLine): boolean => inTime(line, options);
  using changes = options.follow ? new Inotify() : undefined;
  if (changes !== undefined) {
    changes.watch(dirname(path), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    engine.prepare();
    changes.watch(engine.paths.exitsDir, IN_CREATE | IN_MOVED_TO);
  }
  try {
    const tail = options.tail ?? -1;
    let reader = new LineReader(file, file === undefined || tail < 0 ? 0 : tailOffset(file, tail));
    for (;;) {
      const running = options.follow === true && isRunning(engine, container) && !isOver(options.until);
      for (let lines = reader.next(); lines !== undefined; lines = reader.next()) yield lines.filter(chosen);
      const renewed = hasBeenReplaced(path, file);
      if (renewed) {
        if (file !== undefined) closeSync(file);
        file = openLog(path);
        reader = new LineReader(file, 0);
        continue;
      }
      if (!running || changes === undefined) return;
      using changed = untilReadable(changes.fd, options.signal);
      await (options.until === undefined ? changed.ready : Promise.race([changed.ready, until(options.until)]));
      if (options.signal?.aborted) return;
      changes.drain();
    }
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const isOver = (until: bigint | undefined): boolean => until !== undefined && BigInt(Date.now()) * 1_000_000n >= until;

function until(instant: bigint): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, Number(instant / 1_000_000n) - Date.now())).unref();
  });
}

function openLog(path: string): number | undefined {
  try {
    // A log that was replaced by a link is not followed.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SelkieError(`unable to read log file ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** conmon begins a new file at the log's maximal size. */
function hasBeenReplaced(path: string, fd: number | undefined): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now === undefined) return false;
  return fd === undefined || fstatSync(fd).ino !== now.ino;
}

const CHUNK = 65536;

/** Reads whole lines from an offset on; what follows the last line end waits for its rest. */
class LineReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly fd: number | undefined,
    private offset: number,
  ) {}

  /** The next lines; undefined at the present end of the file. */
  next(): LogLine[] | undefined {
    if (this.fd === undefined) return undefined;
    const chunk = Buffer.allocUnsafe(CHUNK);
    const size = readSync(this.fd, chunk, 0, CHUNK, this.offset);
    if (size === 0) return undefined;
    this.offset += size;
    const bytes = this.rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([this.rest, chunk.subarray(0, size)]);
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = parseLine(bytes.subarray(start, end));
      if (line !== undefined) lines.push(line);
      start = end + 1;
    }
    this.rest = bytes.subarray(start);
    return lines;
  }
}

function parseLine(bytes: Buffer): LogLine | undefined {
  const first = bytes.indexOf(32);
  const second = bytes.indexOf(32, first + 1);
  const third = bytes.indexOf(32, second + 1);
  if (first < 0 || second < 0 || third < 0) {
    if (bytes.length > 0) reportError(`Getting new log line: '${bytes.toString()}' is not a valid container log line`);
    return undefined;
  }
  const device = bytes.toString('latin1', first + 1, second);
  if (device !== 'stdout' && device !== 'stderr') {
    warn(`Unknown Device type '${device}' in log file`);
    return undefined;
  }
  return {
    time: bytes.toString('latin1', 0, first),
    device,
    partial: bytes.toString('latin1', second + 1, third) === 'P',
    message: bytes.subarray(third + 1),
  };
}

/** Where the last `count` lines begin; parts of a line belong to it. */
function tailOffset(fd: number, count: number): number {
  const { size } = fstatSync(fd);
  if (count === 0) return size;
  let found = 0;
  let isLast = true;
  let end = size;
  let held = Buffer.alloc(0);
  while (end > 0) {
    const begin = Math.max(0, end - CHUNK);
    const block = Buffer.allocUnsafe(end - begin);
    readSync(fd, block, 0, block.length, begin);
    held = Buffer.concat([block, held]);
    end = begin;
    let lineEnd = held.length;
    if (held[lineEnd - 1] === 10) lineEnd--;
    for (let at = held.lastIndexOf(10, lineEnd - 1); at >= 0 || begin === 0; at = at > 0 ? held.lastIndexOf(10, at - 1) : -1) {
      const line = held.subarray(at + 1, lineEnd);
      if (line.length > 0) {
        if (isLast || !isPartial(line)) found++;
        isLast = false;
        if (found > count) return begin + lineEnd + 1;
      }
      if (at < 0) return 0;
      lineEnd = at;
    }
    // The first line of what is held may begin in the block before.
    held = Buffer.from(held.subarray(0, lineEnd + 1));
  }
  return 0;
}

function isPartial(line: Buffer): boolean {
  const first = line.indexOf(32);
  const second = line.indexOf(32, first + 1);
  return line[second + 1] === 80 && line[second + 2] === 32;
}

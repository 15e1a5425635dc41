import { isRootless, rootlessUid } from '../config/paths.ts';
import { formatInstant } from '../image/instant.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { type JournalEntry, type JournalQuery, queryEnd, readJournal } from './journal.ts';
import { eventMatches } from './journal-events.ts';
import { inTime, isRunning, type LogLine, type LogOptions } from './log-line.ts';

const unitLabel = 'PODMAN_SYSTEMD_UNIT';

/** Whether a container of the passthrough driver runs in a unit of systemd, whose journal then has its output. */
export const isUnitLogged = ({ config }: Container): boolean =>
  config.log.driver === 'passthrough' && config.labels[unitLabel] !== undefined;

/**
 * The log of a container that conmon (or with passthrough, systemd) wrote to the journal. Its events stand in the same journal, so that
 * `follow` ends right behind the last line.
 */
export async function* readJournalLog(engine: ContainerEngine, container: Container, options: LogOptions): AsyncGenerator<LogLine[]> {
  const { tail = -1, since, until, signal } = options;
  const end = queryEnd(until, signal);
  const query: JournalQuery = {
    matches: [...eventMatches(), `PODMAN_ID=${container.id}`, '+', ...lineMatches(container)],
    fields: ['MESSAGE', 'PRIORITY', 'CONTAINER_PARTIAL_MESSAGE', 'PODMAN_EVENT'],
    since: since ?? 0n,
  };
  let isWriting = isRunning(engine, container);
  let after: string | undefined;
  let batch: LogLine[] = [];
  const take = (entry: JournalEntry): void => {
    after = entry['__CURSOR']?.toString();
    const event = entry['PODMAN_EVENT']?.toString();
    if (event === undefined) {
      const line = lineOf(entry);
      if (line !== undefined && inTime(line, options)) batch.push(line);
    } else if (['init', 'start', 'restart'].includes(event)) isWriting = true;
    else if (event === 'died') isWriting = false;
  };
  for await (const entry of readJournal(query)) {
    take(entry);
    if (tail < 0 && batch.length >= 500) yield batch.splice(0);
  }
  yield tail < 0 ? batch : lastLines(batch, tail);
  if (!options.follow || !isWriting) return;
  for await (const entry of readJournal({ ...query, since: after === undefined ? 0n : undefined, after, follow: true, signal: end })) {
    batch = [];
    take(entry);
    if (batch.length > 0) yield batch;
    if (!isWriting) return;
  }
}

function lineMatches(container: Container): string[] {
  const { config } = container;
  const own = `_UID=${rootlessUid()}`;
  if (!isUnitLogged(container)) return [`CONTAINER_ID_FULL=${container.id}`, own];
  const unit = config.cgroups === 'split' ? config.labels[unitLabel] : `libpod-${container.id}.scope`;
  return [`${isRootless() ? '_SYSTEMD_USER_UNIT' : '_SYSTEMD_UNIT'}=${unit}`, own];
}

/** conmon writes stdout as info and stderr as error. */
function lineOf(entry: JournalEntry): LogLine | undefined {
  const device = { '6': 'stdout', '3': 'stderr' }[String(entry['PRIORITY'])] as LogLine['device'] | undefined;
  const text = entry['MESSAGE'];
  if (device === undefined || text === undefined) return undefined;
  const message = Buffer.from(text as string);
  return {
    time: formatTime(String(entry['__REALTIME_TIMESTAMP'])),
    device,
    partial: entry['CONTAINER_PARTIAL_MESSAGE'] !== undefined,
    message: message.at(-1) === 10 ? message.subarray(0, -1) : message,
  };
}

/** As conmon writes times into files: nine digits. */
function formatTime(microseconds: string): string {
  const whole = formatInstant((BigInt(microseconds) / 1_000_000n) * 1_000_000_000n);
  return `${whole.slice(0, 19)}.${microseconds.slice(-6)}000+00:00`;
}

/** The last `count` lines, each with its parts. */
function lastLines(lines: readonly LogLine[], count: number): LogLine[] {
  let begin = lines.length;
  for (let found = 0; begin > 0 && found < count; found++) {
    begin--;
    while (begin > 0 && lines[begin - 1]!.partial) begin--;
  }
  return lines.slice(begin);
}

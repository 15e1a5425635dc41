import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseEnd, parsePointInTime } from '../config/point-in-time.ts';
import { reportError } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { instantOf } from '../image/instant.ts';
import { IN_CREATE, IN_MODIFY, IN_MOVED_TO, Inotify, untilReadable } from '../os/readable.ts';
import type { EventLog, PodmanEvent } from './events.ts';
import { readJournalEvents } from './journal-events.ts';

export interface ReadEventsOptions {
  filters: readonly string[];
  since?: string;
  until?: string;
  stream: boolean;
  /** Ends a stream for which nobody waits any more. */
  signal?: AbortSignal;
}

type EventFilter = (event: PodmanEvent) => boolean;

const known = ['image', 'volume', 'pod', 'container', 'network', 'secret', 'artifact', 'system', 'machine'];

/** Events of the log that pass the filters, and with `stream` those yet to come. @throws SelkieError for an invalid filter or time */
export async function* readEvents(log: EventLog, options: ReadEventsOptions): AsyncGenerator<PodmanEvent> {
  const { passes, from, until } = compile(options);
  if (log.backend === 'none' || log.backend === 'null') throw new SelkieError('cannot read events with the "none" backend');
  const fromStart = options.since !== undefined || options.until !== undefined || !options.stream;
  if (log.backend === 'journald') {
    const since = from ?? (fromStart ? 0n : undefined);
    for await (const event of readJournalEvents({ stream: options.stream, since, until, signal: options.signal }))
      if (passes(event)) yield event;
    return;
  }
  const { path } = log;
  using changes = new Inotify();
  log.prepare();
  changes.watch(dirname(path), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
  let fd = openSync(path, 'r');
  const started = BigInt(Date.now()) * 1_000_000n;
  let offset = fromStart ? 0 : statSync(path).size;
  let rest = '';
  let skipping = false;
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(65536);
      for (let size = readSync(fd, buffer, 0, buffer.length, offset); size > 0; size = readSync(fd, buffer, 0, buffer.length, offset)) {
        offset += size;
        const lines = (rest + buffer.toString('utf8', 0, size)).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          const event = parse(line, path);
          if (event === undefined) continue;
          // What a rotation has copied was read before it.
          const mark = event.Status === 'log-rotation' ? event.Attributes?.['io.podman.event.rotate'] : undefined;
          if (mark === 'begin' && instantOf(event.Time) > started) skipping = true;
          else if (mark === 'end') skipping = false;
          if (!skipping && passes(event)) yield event;
        }
      }
      if (!options.stream || (until !== undefined && BigInt(Date.now()) * 1_000_000n >= until)) return;
      const now = statSync(path, { throwIfNoEntry: false });
      if (now !== undefined && now.ino !== fstatSync(fd).ino) {
        closeSync(fd);
        fd = openSync(path, 'r');
        offset = 0;
        rest = '';
        continue;
      }
      using changed = untilReadable(changes.fd, options.signal);
      await (until === undefined ? changed.ready : Promise.race([changed.ready, passed(until)]));
      if (options.signal?.aborted) return;
      changes.drain();
    }
  } finally {
    closeSync(fd);
  }
}

function passed(instant: bigint): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, Number(instant / 1_000_000n) - Date.now()) + 1);
  });
}

function parse(line: string, path: string): PodmanEvent | undefined {
  if (line === '') return undefined;
  try {
    const event = JSON.parse(line) as PodmanEvent;
    if (known.includes(event.Type)) return event;
    reportError(`Failed to read event: event type ${event.Type} is not valid in ${path}`);
  } catch {
    reportError(`Failed to read event: event type is not valid in ${basename(path)}`);
  }
  return undefined;
}

function compile({ filters, since, until }: ReadEventsOptions): { passes: EventFilter; from?: bigint; until?: bigint } {
  const groups = new Map<string, EventFilter[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new SelkieError(`failed to parse event filters: ${filter} is an invalid filter`);
    const key = filter.slice(0, at);
    groups.set(key, [...(groups.get(key) ?? []), eventFilter(key, filter.slice(at + 1))]);
  }
  const from = since === undefined ? undefined : instant(since, 'since');
  const end = until === undefined ? undefined : instant(until, 'until');
  const tests = [...groups.values()];
  return {
    from,
    until: end,
    passes: (event) => {
      if (from !== undefined && instantOf(event.Time) <= from) return false;
      if (end !== undefined && instantOf(event.Time) >= end) return false;
      return tests.every((alternatives) => alternatives.some((test) => test(event)));
    },
  };
}

function instant(text: string, what: string): bigint {
  try {
    return what === 'until' ? parseEnd(text) : parsePointInTime(text);
  } catch (error) {
    throw new SelkieError(`failed to parse event filters: unable to convert ${what} time of ${text}: unable to interpret time value`, {
      cause: error,
    });
  }
}

function eventFilter(key: string, value: string): EventFilter {
  const ofType =
    (type: string): EventFilter =>
    (event) =>
      event.Type === type && (event.Name === value || (event.ID ?? '').startsWith(value));
  switch (key.toUpperCase()) {
    case 'CONTAINER':
    case 'IMAGE':
    case 'ARTIFACT':
    case 'POD':
      return ofType(key.toLowerCase());
    case 'VOLUME':
      return (event) => event.Type === 'volume' && (event.Name ?? '').startsWith(value);
    case 'EVENT':
    case 'STATUS': {
      const status = value === 'die' ? 'died' : value;
      return (event) => event.Status === status;
    }
    case 'TYPE':
      return (event) => event.Type === value;
    case 'LABEL': {
      const at = value.indexOf('=');
      const [label, wanted] = at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
      return ({ Attributes }) => Attributes?.[label] !== undefined && (wanted === undefined || Attributes[label] === wanted);
    }
    default:
      throw new SelkieError(`failed to parse event filters: ${key} is an invalid filter`);
  }
}

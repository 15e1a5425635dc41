import { existsSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { sendDatagram } from '../os/sockets.ts';

const socket = '/run/systemd/journal/socket';

/** An entry of systemd's journal: its fields, bytes where they are no text, with those that the journal adds (`__REALTIME_TIMESTAMP`, `__CURSOR`). */
export type JournalEntry = Record<string, string | Buffer>;

/** syslog's numbers. */
export const INFO = 6;
export const NOTICE = 5;

/** Adds an entry. Format: systemd's native journal protocol.  @throws OsError where no journal listens */
export function writeJournal(message: string, priority: number, fields: Record<string, string>): void {
  sendDatagram(socket, encodeEntry({ MESSAGE: message, PRIORITY: String(priority), ...fields }));
}

export function encodeEntry(fields: Record<string, string>): Buffer {
  return Buffer.concat(Object.entries(fields).map(([name, value]) => encodeField(name, Buffer.from(value))));
}

/** A value of several lines is announced by its length, so that no text can add a field. */
function encodeField(name: string, value: Buffer): Buffer {
  if (!value.includes(10)) return Buffer.concat([Buffer.from(`${name}=`), value, Buffer.from('\n')]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
}

export interface JournalQuery {
  /** Conditions in journalctl's words: FIELD=VALUE, all of which hold; `+` begins an alternative. */
  matches: readonly string[];
  /** Only these fields are wanted. */
  fields: readonly string[];
  /** Nanoseconds since 1970. */
  since?: bigint;
  /** Only what comes after this entry (its `__CURSOR`). */
  after?: string;
  /** Go on with what is yet to come, from now on where neither `since` nor `after` is given. */
  follow?: boolean;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Entries of the journal, read by journalctl; none where there is no journal. @throws SelkieError without journalctl */
export async function* readJournal(query: JournalQuery): AsyncGenerator<JournalEntry> {
  const child = Bun.spawn([journalctl(), ...queryArguments(query)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = (): void => child.kill();
  query.signal?.addEventListener('abort', stop);
  if (query.signal?.aborted) stop();
  try {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line.startsWith('{')) yield parseEntry(line);
    }
  } finally {
    query.signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** When a query that follows ends: at a moment (nanoseconds since 1970), or when nobody waits any more. */
export function queryEnd(until: bigint | undefined, signal: AbortSignal | undefined): AbortSignal {
  const deadline = until === undefined ? [] : [AbortSignal.timeout(Math.max(0, Number(until / 1_000_000n) - Date.now()))];
  return AbortSignal.any([...deadline, ...(signal ? [signal] : [])]);
}

function queryArguments({ matches, fields, since, after, follow }: JournalQuery): string[] {
  const hasStart = since !== undefined || after !== undefined;
  return [
    '--quiet',
    '--no-pager',
    '--all',
    '--output=json',
    `--output-fields=${fields.join(',')}`,
    ...(follow ? ['--follow', hasStart ? '--no-tail' : '--lines=0'] : []),
    ...(since === undefined ? [] : [`--since=@${since / 1_000_000_000n}`]),
    ...(after === undefined ? [] : [`--after-cursor=${after}`]),
    ...matches,
  ];
}

function journalctl(): string {
  const found = ['/usr/bin/journalctl', '/bin/journalctl', '/usr/local/bin/journalctl'].find((path) => existsSync(path));
  if (found === undefined) throw new SelkieError('reading the journal needs journalctl, which is not installed (package systemd)');
  return found;
}

/** journalctl writes what is no UTF-8 as a list of bytes. */
function parseEntry(line: string): JournalEntry {
  const entry: JournalEntry = {};
  for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, string | number[] | null>)) {
    if (typeof value === 'string') entry[name] = value;
    else if (Array.isArray(value) && typeof value[0] === 'number') entry[name] = Buffer.from(value);
  }
  return entry;
}

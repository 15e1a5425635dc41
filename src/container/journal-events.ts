import { rootlessUid } from '../config/paths.ts';
import { eventLine } from './event-line.ts';
import type { PodmanEvent } from './events.ts';
import { INFO, type JournalEntry, NOTICE, queryEnd, readJournal, writeJournal } from './journal.ts';

/** What marks podman's events in the journal; each user sees the own ones. */
export const eventMatches = (): string[] => ['SYSLOG_IDENTIFIER=podman', `_UID=${rootlessUid()}`];

/** Adds an event to the journal, field for field as podman does. @throws OsError where no journal listens */
export function writeJournalEvent(event: PodmanEvent): void {
  writeJournal(eventLine(event, false), event.health_status ? NOTICE : INFO, {
    SYSLOG_IDENTIFIER: 'podman',
    PODMAN_EVENT: event.Status,
    PODMAN_TYPE: event.Type,
    PODMAN_TIME: event.Time,
    ...factsOf(event),
  });
}

function factsOf(event: PodmanEvent): Record<string, string> {
  const { Attributes } = event;
  const labels: Record<string, string> =
    Attributes && Object.keys(Attributes).length > 0 ? { PODMAN_LABELS: JSON.stringify(Attributes) } : {};
  switch (event.Type) {
    case 'container':
    case 'pod':
      return {
        PODMAN_IMAGE: event.Image ?? '',
        PODMAN_NAME: event.Name ?? '',
        PODMAN_ID: event.ID ?? '',
        ...(event.ContainerExitCode === undefined ? {} : { PODMAN_EXIT_CODE: String(event.ContainerExitCode) }),
        ...(event.PodID ? { PODMAN_POD_ID: event.PodID } : {}),
        ...labels,
        ...(event.Status === 'health_status' ? healthFacts(event) : {}),
        ...(event.ContainerInspectData ? { PODMAN_CONTAINER_INSPECT_DATA: event.ContainerInspectData } : {}),
      };
    case 'network':
      return { PODMAN_ID: event.ID ?? '', PODMAN_NETWORK_NAME: event.network ?? '', ...labels };
    case 'volume':
      return { PODMAN_NAME: event.Name ?? '' };
    default:
      return { PODMAN_NAME: event.Name ?? '', PODMAN_ID: event.ID ?? '', ...(event.error ? { ERROR: event.error } : {}) };
  }
}

const healthFacts = (event: PodmanEvent): Record<string, string> => ({
  PODMAN_HEALTH_STATUS: event.health_status ?? '',
  ...(event.health_log ? { PODMAN_HEALTH_LOG: event.health_log } : {}),
  PODMAN_HEALTH_FAILING_STREAK: String(event.health_failing_streak ?? 0),
});

const fields = [
  ...['EVENT', 'TYPE', 'TIME', 'IMAGE', 'NAME', 'ID', 'EXIT_CODE', 'POD_ID', 'LABELS', 'HEALTH_STATUS', 'HEALTH_LOG'].map(
    (name) => `PODMAN_${name}`,
  ),
  'PODMAN_HEALTH_FAILING_STREAK',
  'PODMAN_CONTAINER_INSPECT_DATA',
  'PODMAN_NETWORK_NAME',
  'ERROR',
];

export interface JournalEventsOptions {
  /** Nanoseconds since 1970; absent, only what is yet to come. */
  since?: bigint;
  until?: bigint;
  stream: boolean;
  signal?: AbortSignal | undefined;
}

/** Events of the journal, podman's and ours. */
export async function* readJournalEvents({ since, until, stream, signal }: JournalEventsOptions): AsyncGenerator<PodmanEvent> {
  const query = { matches: eventMatches(), fields, since, follow: stream, ...(stream ? { signal: queryEnd(until, signal) } : {}) };
  for await (const entry of readJournal(query)) {
    const event = eventOf(entry);
    if (event !== undefined) yield event;
  }
}

function eventOf(entry: JournalEntry): PodmanEvent | undefined {
  const text = (name: string): string | undefined => entry[`PODMAN_${name}`]?.toString() || undefined;
  const [Type, Status, Time] = [text('TYPE'), text('EVENT'), text('TIME')];
  // Lines of logs carry podman's identifier too.
  if (Type === undefined || Status === undefined || Time === undefined) return undefined;
  const exitCode = text('EXIT_CODE');
  const streak = text('HEALTH_FAILING_STREAK');
  const labels = text('LABELS');
  return {
    ContainerExitCode: exitCode === undefined ? undefined : Number(exitCode),
    ID: text('ID'),
    Image: text('IMAGE'),
    Name: text('NAME'),
    network: text('NETWORK_NAME'),
    Status,
    Time,
    Type,
    health_status: text('HEALTH_STATUS'),
    health_log: text('HEALTH_LOG'),
    health_failing_streak: streak === undefined ? undefined : Number(streak),
    error: entry['ERROR']?.toString(),
    ContainerInspectData: text('CONTAINER_INSPECT_DATA'),
    PodID: text('POD_ID'),
    Attributes: labels === undefined ? null : (JSON.parse(labels) as Record<string, string>),
  };
}

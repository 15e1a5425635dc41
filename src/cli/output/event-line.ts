import { goTimeText } from '../../container/clock.ts';
import type { PodmanEvent } from '../../container/events.ts';
import { instantOf } from '../../image/instant.ts';

/** An event for people to read, as podman prints it. */
export function eventLine(event: PodmanEvent, truncate: boolean): string {
  const id = truncate ? (event.ID ?? '').slice(0, 12) : (event.ID ?? '');
  const begin = `${goTimeText(event.Time)} ${event.Type} ${event.Status}`;
  const { Attributes: attributes } = event;
  switch (event.Type) {
    case 'container':
    case 'pod': {
      const facts = [`image=${event.Image ?? ''}`, `name=${event.Name ?? ''}`];
      if (event.PodID) facts.push(`pod_id=${event.PodID}`);
      if (event.Status === 'health_status') {
        facts.push(`health_status=${event.health_status ?? ''}`, `health_failing_streak=${event.health_failing_streak ?? 0}`);
        facts.push(`health_log=${event.health_log ?? ''}`);
      }
      for (const [name, value] of Object.entries(attributes ?? {})) facts.push(`${name}=${value}`);
      return `${begin} ${id} (${facts.join(', ')})`;
    }
    case 'network':
      if (event.Status === 'create' || event.Status === 'remove') {
        return attributes?.['driver'] === undefined
          ? ''
          : `${begin} ${event.ID ?? ''} (name=${event.network ?? ''}, type=${attributes['driver']})`;
      }
      return `${begin} ${id} (container=${id}, name=${event.network ?? ''})`;
    case 'image':
    case 'artifact':
      return `${begin} ${id} ${event.Name ?? ''}${event.error ? ` ${event.error}` : ''}`;
    case 'system':
      return event.Name ? `${begin} ${event.Name}` : begin;
    case 'volume':
    case 'machine':
      return `${begin} ${event.Name ?? ''}`;
    default:
      return `${begin} ${id}`;
  }
}

/** An event for `--format`: times in seconds and nanoseconds. */
export function eventView(event: PodmanEvent): Record<string, unknown> {
  const nanoseconds = instantOf(event.Time);
  const {
    ContainerExitCode,
    OOMKilled,
    ID,
    Image,
    Name,
    network,
    Status,
    Type,
    health_status,
    error,
    ContainerInspectData,
    PodID,
    Attributes,
  } = event;
  return {
    ContainerExitCode,
    OOMKilled,
    ID,
    Image,
    Name,
    network,
    Status,
    time: Number(nanoseconds / 1_000_000_000n),
    timeNano: nanoseconds,
    Type,
    health_status,
    Error: error,
    ContainerInspectData,
    PodID,
    Attributes: Attributes ?? null,
  };
}

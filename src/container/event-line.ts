import { goTimeText } from './clock.ts';
import type { PodmanEvent } from './events.ts';

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

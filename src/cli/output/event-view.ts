import type { PodmanEvent } from '../../container/events.ts';
import { instantOf } from '../../image/instant.ts';
import { asMap } from './template/values.ts';

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
    Attributes: Attributes ? asMap({ ...Attributes }) : null,
  };
}

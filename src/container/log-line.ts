import { instantOf } from '../image/instant.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { seeState } from './sync-state.ts';

/** One line of a container's log, in bytes as the container wrote them. */
export interface LogLine {
  /** As conmon wrote it: RFC 3339 with nanoseconds. */
  time: string;
  device: 'stdout' | 'stderr';
  /** A part of a longer line: no line end follows. */
  partial: boolean;
  message: Uint8Array;
}

export interface LogOptions {
  follow?: boolean;
  /** Lines from the end; all where negative. */
  tail?: number;
  /** Nanoseconds since 1970. */
  since?: bigint;
  until?: bigint;
  /** Ends following when nobody waits any more. */
  signal?: AbortSignal;
}

/** Whether more lines may come. */
export function isRunning(engine: ContainerEngine, container: Container): boolean {
  if (!engine.state.refresh(container)) return false;
  seeState(engine, container);
  return container.state.status === 'running' || container.state.status === 'stopping' || container.state.status === 'paused';
}

/** Whether a line lies in the span that is asked for. */
export function inTime(line: LogLine, { since, until: end }: LogOptions): boolean {
  if (since === undefined && end === undefined) return true;
  const instant = instantOf(line.time);
  return (since === undefined || instant > since) && (end === undefined || instant < end);
}

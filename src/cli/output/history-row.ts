import type { HistoryEntry } from '../../image/history.ts';
import { unixSeconds } from '../../image/instant.ts';
import { humanDuration, humanSize } from './units.ts';

export interface HistoryRowOptions {
  human: boolean;
  truncate: boolean;
}

const longest = 45;

/** A line of `podman history`. Getters are the names that templates may use. */
export class HistoryRow {
  static readonly goType = 'images.historyReporter';
  readonly entry: HistoryEntry;
  readonly #options: HistoryRowOptions;

  constructor(entry: HistoryEntry, options: HistoryRowOptions) {
    this.entry = entry;
    this.#options = options;
  }

  get ID(): string {
    return this.#options.truncate ? this.entry.id.slice(0, 12) : this.entry.id;
  }
  get Created(): string {
    if (!this.#options.human) return this.CreatedAt;
    return `${humanDuration(Date.now() - Date.parse(this.entry.created ?? '0001-01-01T00:00:00Z'))} ago`;
  }
  get CreatedAt(): string {
    return localTime(unixSeconds(this.entry.created ?? '0001-01-01T00:00:00Z'));
  }
  get CreatedSince(): string {
    return this.Created;
  }
  get CreatedBy(): string {
    const { createdBy } = this.entry;
    return this.#options.truncate && createdBy.length > longest ? `${createdBy.slice(0, longest - 3)}...` : createdBy;
  }
  get Size(): string {
    return humanSize(this.entry.size, 3);
  }
  get Comment(): string {
    return this.entry.comment;
  }
  get Tags(): readonly string[] {
    return this.entry.tags ?? [];
  }

  toJSON(): Record<string, unknown> {
    return historyJson(this.entry);
  }
}

/** In podman's order; what is empty is left out. */
export function historyJson({ id, created, createdBy, tags, size, comment }: HistoryEntry): Record<string, unknown> {
  return {
    id,
    created: created ?? '0001-01-01T00:00:00Z',
    CreatedBy: createdBy,
    ...(tags ? { tags } : {}),
    size,
    ...(comment ? { comment } : {}),
  };
}

/** RFC 3339 in the zone of this machine, without fractions. */
export function localTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  if (offset === 0) return date.toISOString().replace('.000Z', 'Z');
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const pad = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${pad(offset / 60)}:${pad(offset % 60)}`;
}

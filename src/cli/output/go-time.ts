import { instantOf } from '../../image/instant.ts';

/** A time of Go: in JSON the RFC 3339 text that it came from, in templates as Go's `String()` prints it. */
export class GoTime {
  constructor(readonly text: string) {}

  goString(): string {
    return goTimeString(this.text);
  }

  toJSON(): string {
    return this.text;
  }

  get Unix(): number {
    return Number(instantOf(this.text) / 1_000_000_000n);
  }
}

/** `2026-11-24T08:40:28.69Z` as `2026-11-24 08:40:28.69 +0000 UTC` */
export function goTimeString(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|([+-]\d\d):(\d\d))$/.exec(text);
  if (!match) return text;
  const [, date, time, zone, hours = '+00', minutes = '00'] = match;
  return zone === 'Z' || `${hours}${minutes}` === '+0000'
    ? `${date} ${time} +0000 UTC`
    : `${date} ${time} ${hours}${minutes} ${hours}${minutes}`;
}

/** A duration of Go: nanoseconds in JSON, `1m30s` in templates. */
export class GoDuration {
  constructor(readonly nanoseconds: number) {}

  goString(): string {
    return goDurationString(this.nanoseconds);
  }

  toJSON(): number {
    return this.nanoseconds;
  }
}

/** As Go's `Duration.String()`: `1h0m5s`, `1.5s`, `20ms`, `0s`. */
export function goDurationString(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  const sign = nanoseconds < 0 ? '-' : '';
  if (size === 0) return '0s';
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const hours = Math.floor(size / 3.6e12);
  const minutes = Math.floor((size % 3.6e12) / 6e10);
  const seconds = Number(((size % 6e10) / 1e9).toFixed(9));
  const upper = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${upper}${seconds}s`;
}

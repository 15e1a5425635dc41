import { formatInstant, instantOf } from '../image/instant.ts';

/** Nanoseconds since 1970, as fine as the clock of the process gives. */
export function nowInstant(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

/** The present as Go writes times: RFC 3339 with up to nine digits. */
export function nowText(): string {
  return formatInstant(nowInstant());
}

/** `2026-11-24 08:26:25.721719623 +0000 UTC`: Go's Time.String(), in the zone of the process. */
export function goTimeText(text: string): string {
  const instant = instantOf(text);
  const milliseconds = Number(instant / 1_000_000n);
  const date = new Date(milliseconds);
  const offset = -date.getTimezoneOffset();
  const local = new Date(milliseconds + offset * 60_000).toISOString();
  const fraction = (instant % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`} ${zoneOffset(offset)} ${zoneName(date, offset)}`;
}

function zoneOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`;
}

/** The zone's abbreviation; Go repeats the offset for zones without one, as Intl gives `GMT+1` for them. */
function zoneName(date: Date, offset: number): string {
  if (offset === 0) return 'UTC';
  const name = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName')?.value;
  return name === undefined || name.startsWith('GMT') ? zoneOffset(offset) : name;
}

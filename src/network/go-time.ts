/** A moment as Go writes it into JSON: RFC 3339 with the local zone and nanoseconds without trailing zeros. */
export function goTime(date = new Date()): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const nanoseconds = `${String(date.getMilliseconds()).padStart(3, '0')}${String(process.hrtime()[1] % 1_000_000).padStart(6, '0')}`;
  const fraction = nanoseconds.replace(/0+$/, '');
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return `${local}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0');

import { InvalidTar } from './errors.ts';
import type { TarEntry, TarTime } from './tar-entry.ts';

export const XATTR_RECORD = 'SCHILY.xattr.';

/**
 * The records of a PAX extension header, as byte strings. The repeated records of GNU's sparse format 0.0 are joined into
 * `GNU.sparse.map`. @throws InvalidTar when a record overruns or breaks the grammar `LENGTH KEY=VALUE\n`
 */
export function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  const sparse: string[] = [];
  let at = 0;
  while (at < body.length) {
    const end = recordEnd(body, at);
    const record = body.toString('latin1', body.indexOf(32, at) + 1, end - 1);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (equals <= 0 || !isValid(key, value)) throw new InvalidTar('PAX record');
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') collectSparse(sparse, key, value);
    else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0) records.set('GNU.sparse.map', sparse.join(','));
  return records;
}

/** Lays the records over what the header says. Empty values leave the header's. @throws InvalidTar on values that are not what their key says */
export function applyPax(entry: TarEntry, records: Map<string, string>): void {
  for (const [key, value] of records) {
    if (value === '') continue;
    switch (key) {
      case 'path':
        entry.name = value;
        break;
      case 'linkpath':
        entry.linkName = value;
        break;
      case 'uname':
        entry.userName = value;
        break;
      case 'gname':
        entry.groupName = value;
        break;
      case 'uid':
        entry.uid = paxInteger(value);
        break;
      case 'gid':
        entry.gid = paxInteger(value);
        break;
      case 'size':
        entry.size = paxInteger(value);
        if (entry.size < 0) throw new InvalidTar('negative size');
        break;
      case 'mtime':
        entry.mtime = paxTime(value);
        break;
      case 'atime':
        entry.atime = paxTime(value);
        break;
    }
  }
  entry.pax = records;
}

/** A decimal integer within what JavaScript counts exactly. */
export function paxInteger(value: string): number {
  const result = /^[+-]?[0-9]{1,19}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(result)) throw new InvalidTar('PAX number');
  return result;
}

/** `seconds[.fraction]`, cut to nanoseconds and rounded towards the past. */
export function paxTime(value: string): TarTime {
  const match = /^([+-]?)([0-9]{1,15})(?:\.([0-9]*))?$/.exec(value);
  if (match === null) throw new InvalidTar('PAX time');
  const seconds = Number(match[2]);
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] !== '-') return { seconds, nanoseconds };
  return nanoseconds === 0 ? { seconds: -seconds, nanoseconds } : { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}

/** Where the record that begins at `at` ends: its own length says so, and its last byte is a newline. */
function recordEnd(body: Buffer, at: number): number {
  let length = 0;
  let i = at;
  for (; i < body.length && body[i] !== 32; i++) {
    const digit = body[i]! - 48;
    if (digit < 0 || digit > 9 || i - at > 8) throw new InvalidTar('PAX record length');
    length = length * 10 + digit;
  }
  const end = at + length;
  if (length < 5 || end > body.length || i + 1 >= end || body[end - 1] !== 10) throw new InvalidTar('PAX record length');
  return end;
}

function isValid(key: string, value: string): boolean {
  const named = key === 'path' || key === 'linkpath' || key === 'uname' || key === 'gname';
  return !(named ? value : key).includes('\0');
}

function collectSparse(sparse: string[], key: string, value: string): void {
  const expected = sparse.length % 2 === 0 ? 'GNU.sparse.offset' : 'GNU.sparse.numbytes';
  if (key !== expected || value.includes(',')) throw new InvalidTar('sparse map');
  sparse.push(value);
}

import { cleanName, isAscii } from './byte-names.ts';
import { XATTR_RECORD } from './pax.ts';
import { EntryType, type TarEntry } from './tar-entry.ts';
import { BLOCK, paddingOf } from './tar-header.ts';

const maxOctal7 = 0o7777777;
const maxOctal11 = 0o77777777777;

/**
 * The header of an entry, extension headers included, byte for byte as Go's archive/tar writes it: ustar where all fits, else PAX.
 * Names and PAX values are byte strings; times are cut to seconds. Format: storage.md 4.3.
 */
export function encodeTarEntry(entry: TarEntry): Buffer {
  const records = new Map<string, string>();
  for (const [key, value] of entry.pax ?? []) if (key.startsWith(XATTR_RECORD)) records.set(key, value);
  if (!isAscii(entry.linkName) || entry.linkName.length > 100) records.set('linkpath', entry.linkName);
  for (const key of ['uid', 'gid'] as const) if (entry[key] > maxOctal7) records.set(key, String(entry[key]));
  if (entry.size > maxOctal11) records.set('size', String(entry.size));
  if (entry.mtime.seconds < 0 || entry.mtime.seconds > maxOctal11) records.set('mtime', String(entry.mtime.seconds));
  const split = splitName(entry.name);
  if (records.size === 0 && split !== undefined) return header(entry, split.name, split.prefix, entry.linkName, true);
  // Once there are records the name is one of them even where it could have been split.
  if (!isAscii(entry.name) || entry.name.length > 100) records.set('path', entry.name);
  const body = paxBody(records);
  return Buffer.concat([
    paxHeader(entry.name, body.length),
    body,
    Buffer.alloc(paddingOf(body.length)),
    header(entry, cutName(entry.name), '', asciiOnly(entry.linkName).slice(0, 100), true),
  ]);
}

/** A name that is cut must not seem to be a directory's. */
function cutName(name: string): string {
  const ascii = asciiOnly(name);
  return ascii.length > 100 ? ascii.slice(0, 100).replace(/\/+$/, '') : ascii;
}

/** The two zero blocks that end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK);

/** Name and prefix as ustar keeps them, or undefined where they do not fit. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  if (!isAscii(name)) return undefined;
  if (name.length <= 100) return { name, prefix: '' };
  const length = Math.min(name.length > 156 ? 156 : name.endsWith('/') ? name.length - 1 : name.length, name.length);
  const slash = name.lastIndexOf('/', length - 1);
  const rest = name.length - slash - 1;
  if (slash <= 0 || rest > 100 || rest === 0 || slash > 155) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

const asciiOnly = (name: string): string => name.replace(/[^\x00-\x7f]/g, '');

function paxHeader(name: string, size: number): Buffer {
  const slash = name.lastIndexOf('/');
  const path = cleanName(`${name.slice(0, slash + 1)}PaxHeaders.0/${name.slice(slash + 1)}`);
  const entry = {
    type: EntryType.pax,
    mode: 0,
    uid: 0,
    gid: 0,
    size,
    mtime: { seconds: 0, nanoseconds: 0 },
    userName: '',
    groupName: '',
    deviceMajor: 0,
    deviceMinor: 0,
  };
  return header(entry, asciiOnly(path).slice(0, 100).replace(/\/+$/, ''), '', '', false);
}

function paxBody(records: Map<string, string>): Buffer {
  const lines = [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length + String(rest.length).length;
      if (String(length).length > String(rest.length).length) length = rest.length + String(length).length;
      return `${length}${rest}`;
    });
  return Buffer.from(lines.join(''), 'latin1');
}

type HeaderFields = Pick<
  TarEntry,
  'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'userName' | 'groupName' | 'deviceMajor' | 'deviceMinor'
>;

function header(entry: HeaderFields, name: string, prefix: string, linkName: string, withDevice: boolean): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'latin1');
  octal(block, 100, 8, entry.mode & 0o7777);
  octal(block, 108, 8, entry.uid > maxOctal7 ? 0 : entry.uid);
  octal(block, 116, 8, entry.gid > maxOctal7 ? 0 : entry.gid);
  octal(block, 124, 12, entry.size > maxOctal11 ? 0 : entry.size);
  octal(block, 136, 12, Math.max(0, entry.mtime.seconds));
  block.fill(0x20, 148, 156);
  block.write(entry.type, 156, 1, 'latin1');
  block.write(linkName, 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 8, 'latin1');
  block.write(entry.userName, 265, 32, 'latin1');
  block.write(entry.groupName, 297, 32, 'latin1');
  if (withDevice) {
    octal(block, 329, 8, entry.deviceMajor);
    octal(block, 337, 8, entry.deviceMinor);
  }
  block.write(prefix, 345, 155, 'latin1');
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += block[i]!;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}

function octal(block: Buffer, at: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, width, 'latin1');
}

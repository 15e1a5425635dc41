import { InvalidTar } from './errors.ts';
import type { TarEntry, TarTime } from './tar-entry.ts';

export const BLOCK = 512;

/** Bytes that fill up content of `size` to whole blocks. */
export const paddingOf = (size: number): number => -size & (BLOCK - 1);

export function isZeroBlock(block: Uint8Array, at = 0): boolean {
  for (let i = at; i < at + BLOCK; i++) if (block[i] !== 0) return false;
  return true;
}

type Dialect = 'v7' | 'ustar' | 'star' | 'gnu';

/**
 * Reads one header block: v7, POSIX ustar, star or GNU, with numbers in octal or base 256. Extensions are not applied.
 * @throws InvalidTar on a wrong checksum, an unreadable number, or a negative or absurd size
 */
export function parseHeader(block: Buffer, at: number): TarEntry {
  verifyChecksum(block, at);
  const dialect = dialectOf(block, at);
  const entry: TarEntry = {
    name: text(block, at, 100),
    linkName: text(block, at + 157, 100),
    type: String.fromCharCode(block[at + 156]!),
    size: number(block, at + 124, 12),
    mode: number(block, at + 100, 8),
    uid: number(block, at + 108, 8),
    gid: number(block, at + 116, 8),
    userName: '',
    groupName: '',
    mtime: { seconds: number(block, at + 136, 12), nanoseconds: 0 },
    deviceMajor: 0,
    deviceMinor: 0,
  };
  if (entry.size < 0) throw new InvalidTar('negative size');
  if (dialect !== 'v7') parseLaterFields(entry, dialect, block, at);
  return entry;
}

function parseLaterFields(entry: TarEntry, dialect: Dialect, block: Buffer, at: number): void {
  entry.userName = text(block, at + 265, 32);
  entry.groupName = text(block, at + 297, 32);
  entry.deviceMajor = number(block, at + 329, 8);
  entry.deviceMinor = number(block, at + 337, 8);
  if (dialect === 'gnu') {
    const atime = gnuTime(block, at);
    if (atime !== undefined) entry.atime = atime;
    return;
  }
  const prefix = text(block, at + 345, dialect === 'star' ? 131 : 155);
  if (dialect === 'star') entry.atime = { seconds: number(block, at + 476, 12), nanoseconds: 0 };
  if (prefix !== '') entry.name = `${prefix}/${entry.name}`;
}

/** Old writers put other things where GNU has the access time: what is no number is no time. */
function gnuTime(block: Buffer, at: number): TarTime | undefined {
  if (block[at + 345] === 0) return undefined;
  try {
    return { seconds: number(block, at + 345, 12), nanoseconds: 0 };
  } catch {
    return undefined;
  }
}

function dialectOf(block: Buffer, at: number): Dialect {
  const magic = block.toString('latin1', at + 257, at + 265);
  if (magic === 'ustar  \0') return 'gnu';
  if (!magic.startsWith('ustar\0')) return 'v7';
  return block.toString('latin1', at + 508, at + 512) === 'tar\0' ? 'star' : 'ustar';
}

/** Both sums are in use: of unsigned bytes as POSIX says, and of signed ones as some old writers did. */
function verifyChecksum(block: Buffer, at: number): void {
  let unsigned = 0;
  let signed = 0;
  for (let i = at; i < at + BLOCK; i++) {
    const byte = i >= at + 148 && i < at + 156 ? 32 : block[i]!;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stored = octal(block, at + 148, 8);
  if (stored !== unsigned && stored !== signed) throw new InvalidTar('checksum');
}

/** Up to the first NUL. */
export function text(block: Buffer, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end++;
  return end === at ? '' : block.toString('latin1', at, end);
}

/** Octal, or base 256 where the top bit is set. @throws InvalidTar when unreadable or beyond 2^53 */
export function number(block: Buffer, at: number, length: number): number {
  return (block[at]! & 0x80) === 0 ? octal(block, at, length) : base256(block, at, length);
}

function octal(block: Buffer, at: number, length: number): number {
  let start = at;
  let end = at + length;
  while (start < end && isFill(block[start]!)) start++;
  while (end > start && isFill(block[end - 1]!)) end--;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = block[i]! - 48;
    if (block[i] === 0) break;
    if (digit < 0 || digit > 7) throw new InvalidTar('number');
    value = value * 8 + digit;
  }
  if (!Number.isSafeInteger(value)) throw new InvalidTar('number');
  return value;
}

const isFill = (byte: number): boolean => byte === 0 || byte === 32;

function base256(block: Buffer, at: number, length: number): number {
  const negative = (block[at]! & 0x40) !== 0;
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const byte = (negative ? ~block[i]! : block[i]!) & (i === at ? 0x7f : 0xff);
    value = value * 256 + byte;
  }
  if (!Number.isSafeInteger(value)) throw new InvalidTar('number');
  return negative ? -1 - value : value;
}

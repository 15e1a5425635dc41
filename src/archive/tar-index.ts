import { closeSync, openSync, readSync } from 'node:fs';
import { cleanName, decodeName } from './byte-names.ts';
import { InvalidTar, UnexpectedEnd } from './errors.ts';
import { applyPax, parsePax } from './pax.ts';
import { EntryType, isFileType, isHeaderOnly } from './tar-entry.ts';
import { BLOCK, isZeroBlock, paddingOf, parseHeader, text } from './tar-header.ts';

/** Where a file of an archive lies in it, or what link stands in its place. */
export interface IndexedEntry {
  offset: number;
  size: number;
  /** Of a symbolic or hard link: the cleaned target, relative to the archive's root. */
  link?: string;
}

const maximumEntries = 1_000_000;
const maximumExtension = 1 << 20;

/**
 * Reads the headers of an uncompressed tar file and skips what is between them, so that its files can be read in place. Names are
 * cleaned; a name that comes again stands for the later entry. @throws InvalidTar, UnexpectedEnd
 */
export function indexTar(path: string): Map<string, IndexedEntry> {
  const fd = openSync(path, 'r');
  try {
    return index(fd);
  } finally {
    closeSync(fd);
  }
}

function index(fd: number): Map<string, IndexedEntry> {
  const entries = new Map<string, IndexedEntry>();
  const block = Buffer.alloc(BLOCK);
  let offset = 0;
  let pax: Map<string, string> | undefined;
  let longName: string | undefined;
  let longLink: string | undefined;
  for (;;) {
    const count = readSync(fd, block, 0, BLOCK, offset);
    if (count === 0 || (count === BLOCK && isZeroBlock(block))) return entries;
    if (count < BLOCK) throw new UnexpectedEnd('in a tar header');
    const header = parseHeader(block, 0);
    offset += BLOCK;
    const isExtension = header.type === EntryType.pax || header.type === EntryType.gnuLongName || header.type === EntryType.gnuLongLink;
    if (isExtension) {
      const body = readBody(fd, offset, header.size);
      if (header.type === EntryType.pax) pax = parsePax(body);
      else if (header.type === EntryType.gnuLongName) longName = text(body, 0, body.length);
      else longLink = text(body, 0, body.length);
    } else {
      if (pax) applyPax(header, pax);
      const name = decodeName(cleanName(longName ?? header.name));
      const size = isHeaderOnly(header.type) ? 0 : header.size;
      if (name !== undefined && isFileType(header.type)) entries.set(name, { offset, size });
      else if (name !== undefined && (header.type === EntryType.symbolicLink || header.type === EntryType.hardLink)) {
        entries.set(name, { offset, size: 0, link: targetOf(name, longLink ?? header.linkName, header.type) });
      }
      if (entries.size > maximumEntries) throw new InvalidTar('more than a million files');
      pax = longName = longLink = undefined;
      header.size = size;
    }
    offset += header.size + paddingOf(header.size);
  }
}

function targetOf(name: string, link: string, type: string): string {
  const target = decodeName(link) ?? '';
  if (type === EntryType.hardLink || target.startsWith('/')) return cleanName(target).replace(/^\/+/, '');
  return cleanName(`${name.slice(0, name.lastIndexOf('/') + 1)}${target}`);
}

function readBody(fd: number, offset: number, size: number): Buffer {
  if (size > maximumExtension) throw new InvalidTar('extension header too long');
  const body = Buffer.alloc(size);
  if (readSync(fd, body, 0, size, offset) < size) throw new UnexpectedEnd('in a tar header');
  return body;
}

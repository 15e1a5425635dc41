import { zstdDecompressSync } from 'node:zlib';
import { encodeName } from '../byte-names.ts';
import { sha256Hex } from '../sha256.ts';
import { InvalidChunkedLayer, type Part, type TocEntry } from './format.ts';
import { PartsUnusable } from './parts-unusable.ts';

/** A table is held in memory: layers with longer ones are fetched whole. */
const longestTable = 50 << 20;
/** So is a piece of a file. */
const longestPiece = 64 << 20;
/** zlib's. */
const smallestChunk = 64;

/** A piece of a file: a frame of the blob, or zeros. */
export interface FilePiece {
  readonly size: number;
  readonly digest: string;
  /** Where its frame is; undefined for zeros. */
  readonly frame?: { readonly offset: number; readonly end: number };
}

/** A file with content, in as many pieces as it has. */
export interface ChunkedFile {
  readonly size: number;
  readonly digest: string;
  readonly pieces: readonly FilePiece[];
}

/** A table of contents that was checked. */
export interface ChunkedTable {
  /** Uncompressed, as it is kept with the layer. */
  readonly json: Uint8Array;
  /** By their names in the tar, as byte strings, in its order. */
  readonly files: ReadonlyMap<string, ChunkedFile>;
  readonly tarSplitDigest: string;
}

/** @throws PartsUnusable when it is too long to be looked at */
export function checkTableLength({ length, uncompressed }: Part): void {
  if (length > longestTable || uncompressed > longestTable)
    throw new PartsUnusable(`zstd:chunked table of contents of ${Math.max(length, uncompressed)} bytes`);
}

/** Reads a table of contents, which nobody vouches for but the digest in the manifest. @throws InvalidChunkedLayer, PartsUnusable */
export function readTable(bytes: Uint8Array, digest: string, part: Part): ChunkedTable {
  if (`sha256:${sha256Hex(bytes)}` !== digest) throw new InvalidChunkedLayer('invalid digest of the table of contents');
  const json = inflateFrames(bytes, part.uncompressed);
  let table: { version?: unknown; entries?: unknown; tarSplitDigest?: unknown };
  try {
    table = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json)) as typeof table;
  } catch (cause) {
    throw new InvalidChunkedLayer('the table of contents is not JSON', { cause });
  }
  if (table?.version !== 1 || !Array.isArray(table.entries)) throw new InvalidChunkedLayer('unknown table of contents');
  const { tarSplitDigest } = table;
  if (typeof tarSplitDigest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(tarSplitDigest))
    throw new PartsUnusable('zstd:chunked layers without tar-split cannot be told from others');
  return { json, tarSplitDigest, files: readFiles(table.entries as TocEntry[], part.offset) };
}

function readFiles(entries: readonly TocEntry[], end: number): Map<string, ChunkedFile> {
  const files = new Map<string, ChunkedFile>();
  for (let at = 0; at < entries.length; ) {
    const first = entries[at++]!;
    const group = [first];
    while (entries[at]?.type === 'chunk') group.push(entries[at++]!);
    if (first.type !== 'reg' || !first.size) continue;
    const name = encodeName(String(first.name));
    if (files.has(name)) throw new InvalidChunkedLayer(`two entries for ${JSON.stringify(first.name)}`);
    files.set(name, readFile(group, end));
  }
  return files;
}

function readFile(group: readonly TocEntry[], end: number): ChunkedFile {
  const [first] = group as [TocEntry];
  const size = first.size!;
  const pieces = group.map((entry, index): FilePiece => {
    const length = group.length === 1 ? size : (entry.chunkSize ?? 0);
    const digest = group.length === 1 ? first.digest : entry.chunkDigest;
    const from = entry.offset ?? 0;
    const to = group[index + 1]?.offset ?? first.endOffset ?? 0;
    const isValid = [length, from, to].every((each) => Number.isSafeInteger(each) && each > 0) && from < to && to <= end;
    if (!isValid || typeof digest !== 'string') throw new InvalidChunkedLayer(`invalid entry for ${JSON.stringify(first.name)}`);
    if (length > longestPiece) throw new PartsUnusable(`piece of ${length} bytes`);
    return { size: length, digest, ...(entry.chunkType === 'zeros' ? {} : { frame: { offset: from, end: to } }) };
  });
  if (typeof first.digest !== 'string' || pieces.reduce((sum, piece) => sum + piece.size, 0) !== size)
    throw new InvalidChunkedLayer(`invalid entry for ${JSON.stringify(first.name)}`);
  return { size, digest: first.digest, pieces };
}

/** Decompresses what was said to be so long, and not a byte more. @throws InvalidChunkedLayer */
export function inflateFrames(bytes: Uint8Array, size: number): Uint8Array {
  let inflated: Uint8Array;
  try {
    // One piece of memory for all of it, with a byte more: where it is filled to the last, zlib gets itself another.
    inflated = zstdDecompressSync(bytes, { maxOutputLength: size, chunkSize: Math.max(smallestChunk, size + 1) });
  } catch (cause) {
    throw new InvalidChunkedLayer(`a part is not ${size} bytes of zstd`, { cause });
  }
  if (inflated.length !== size) throw new InvalidChunkedLayer(`a part of ${size} bytes has ${inflated.length}`);
  return inflated;
}

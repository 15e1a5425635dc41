import { SelkieError } from '../../errors.ts';

/**
 * zstd:chunked: a tar in many zstd frames, so that each piece of a file can be fetched for itself, then in frames that decompressors
 * skip a table of contents (JSON, zstd), a tar-split (JSON lines, zstd) and a footer. The annotations of the layer tell where these are.
 * Format: containers/storage, pkg/chunked.
 */
export const tocDigestAnnotation = 'io.github.containers.zstd-chunked.manifest-checksum';
export const tocPositionAnnotation = 'io.github.containers.zstd-chunked.manifest-position';
export const tarSplitPositionAnnotation = 'io.github.containers.zstd-chunked.tarsplit-position';

/** A table of contents of the kind that CRFS has; there is no other. */
const crfs = 1;
const skippableMagic = 0x184d2a50;
export const skippableHeader = 8;
const footerMagic = 'GNUlInUx';

/** An entry of the table: one of the tar, or, as `chunk`, a further piece of the file before it. Fields in the order in which they are written. */
export interface TocEntry {
  type: string;
  name: string;
  linkName?: string;
  mode?: number;
  size?: number;
  uid?: number;
  gid?: number;
  modtime?: string;
  accesstime?: string;
  changetime?: string;
  devMajor?: number;
  devMinor?: number;
  /** Values in base64. */
  xattrs?: Record<string, string>;
  /** Of the file's content; absent for an empty one. */
  digest?: string;
  /** Where its first frame begins in the blob, and where its last one ends. */
  offset?: number;
  endOffset?: number;
  /** Of a piece: absent where the file is one piece. */
  chunkSize?: number;
  chunkOffset?: number;
  chunkDigest?: string;
  /** `zeros` for a piece of nothing else. */
  chunkType?: string;
}

export interface Toc {
  version: number;
  entries: TocEntry[];
  /** Of the compressed tar-split. */
  tarSplitDigest?: string;
}

/** Where a compressed part lies in the blob. */
export interface Part {
  offset: number;
  length: number;
  uncompressed: number;
}

/** A layer that is not what its annotations or its table of contents say. */
export class InvalidChunkedLayer extends SelkieError {
  constructor(detail: string, options?: ErrorOptions) {
    super(`zstd:chunked layer: ${detail}`, options);
  }
}

/** The places that the annotations name; undefined for a layer that is no whole zstd:chunked one. @throws InvalidChunkedLayer */
export function chunkedParts(
  annotations: Readonly<Record<string, string>> = {},
): { digest: string; toc: Part; tarSplit: Part } | undefined {
  const digest = annotations[tocDigestAnnotation];
  const toc = annotations[tocPositionAnnotation];
  const tarSplit = annotations[tarSplitPositionAnnotation];
  if (digest === undefined || toc === undefined || tarSplit === undefined) return undefined;
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new InvalidChunkedLayer(`invalid digest ${JSON.stringify(digest.slice(0, 100))}`);
  return { digest, toc: readPosition(toc, crfs), tarSplit: readPosition(tarSplit) };
}

function readPosition(text: string, kind?: number): Part {
  const numbers = /^\d+(?::\d+)+$/.test(text) ? text.split(':').map(Number) : [];
  const [offset = 0, length = 0, uncompressed = 0, type] = numbers;
  const isValid = numbers.length === (kind === undefined ? 3 : 4) && numbers.every(Number.isSafeInteger) && type === kind;
  if (!isValid || offset === 0 || length === 0) throw new InvalidChunkedLayer(`invalid position ${JSON.stringify(text.slice(0, 100))}`);
  return { offset, length, uncompressed };
}

export function positionAnnotations(digest: string, toc: Part, tarSplit: Part): Record<string, string> {
  return {
    [tocDigestAnnotation]: digest,
    [tocPositionAnnotation]: `${toc.offset}:${toc.length}:${toc.uncompressed}:${crfs}`,
    [tarSplitPositionAnnotation]: `${tarSplit.offset}:${tarSplit.length}:${tarSplit.uncompressed}`,
  };
}

/** The header of a frame that decompressors pass over. */
export function skippableFrame(length: number): Uint8Array {
  const header = Buffer.alloc(skippableHeader);
  header.writeUInt32LE(skippableMagic, 0);
  header.writeUInt32LE(length, 4);
  return header;
}

/** What the last skippable frame holds: the annotations once more. */
export function footer(toc: Part, tarSplit: Part): Uint8Array {
  const bytes = Buffer.alloc(64);
  const fields = [toc.offset, toc.length, toc.uncompressed, crfs, tarSplit.offset, tarSplit.length, tarSplit.uncompressed];
  for (const [index, value] of fields.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8);
  bytes.write(footerMagic, 56, 'latin1');
  return bytes;
}

import { displayName } from '../byte-names.ts';
import { UnsupportedEntry } from '../errors.ts';
import { paxTime, XATTR_RECORD } from '../pax.ts';
import { EntryType, type TarEntry, type TarTime } from '../tar-entry.ts';
import { type TarListener, TarReader } from '../tar-reader.ts';
import { TarSplitWriter } from '../tar-split-writer.ts';
import { ContentPieces, type PieceSink } from './content-pieces.ts';
import { footer, type Part, positionAnnotations, skippableFrame, skippableHeader, type TocEntry } from './format.ts';
import { ZstdText } from './zstd-text.ts';

/** Pieces are kept in memory until they are whole: content that never ends one is cut here. */
const longestPiece = 4 << 20;

const defaultLevel = 3;

const types: Readonly<Record<string, string>> = {
  [EntryType.file]: 'reg',
  [EntryType.hardLink]: 'hardlink',
  [EntryType.symbolicLink]: 'symlink',
  [EntryType.character]: 'char',
  [EntryType.block]: 'block',
  [EntryType.directory]: 'dir',
  [EntryType.fifo]: 'fifo',
};

/**
 * Compresses a layer's tar as zstd:chunked (format.ts). @param annotate is told the layer's annotations at the end
 * @throws UnsupportedEntry for what the format has no place for, DuplicatePath
 */
export async function* zstdChunked(
  source: AsyncIterable<Uint8Array>,
  level: number | undefined,
  annotate: (annotations: Record<string, string>) => void,
): AsyncGenerator<Uint8Array> {
  const writer = new ChunkedWriter(level ?? defaultLevel);
  const reader = new TarReader(writer);
  for await (const chunk of source) {
    reader.write(chunk);
    yield* writer.take();
  }
  reader.end();
  annotate(await writer.end());
  yield* writer.take();
}

interface Piece {
  readonly offset: number;
  readonly chunkOffset: number;
  readonly size: number;
  readonly digest: string;
  readonly kind: '' | 'zeros';
}

class ChunkedWriter implements TarListener, PieceSink {
  readonly #level: number;
  readonly #toc: ZstdText;
  readonly #tarSplitText: ZstdText;
  readonly #tarSplit: TarSplitWriter;
  #written: Uint8Array[] = [];
  #offset = 0;
  /** What the next frame will hold. */
  #frame = Buffer.allocUnsafe(64 << 10);
  #frameLength = 0;
  #entries = 0;

  #entry: TarEntry | undefined;
  #content: ContentPieces | undefined;
  #digest: Bun.CryptoHasher | undefined;
  #pieces: Piece[] = [];
  #contentOffset = 0;

  constructor(level: number) {
    this.#level = level;
    this.#toc = new ZstdText(level);
    this.#tarSplitText = new ZstdText(level);
    this.#tarSplit = new TarSplitWriter(this.#tarSplitText);
    this.#toc.pushText('{"version":1,"entries":[');
  }

  /** What is to be sent by now. */
  take(): Uint8Array[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  raw(bytes: Uint8Array): void {
    this.#tarSplit.raw(bytes);
    this.#append(bytes);
  }

  entry(entry: TarEntry): void {
    if (types[entry.type] === undefined || entry.sparse !== undefined)
      throw new UnsupportedEntry(displayName(entry.name), 'zstd:chunked has no entries of this type');
    this.#tarSplit.entry(entry);
    this.#entry = entry;
    this.#pieces = [];
    this.#contentOffset = 0;
    if (entry.size === 0) return;
    this.#endFrame();
    this.#digest = new Bun.CryptoHasher('sha256');
    this.#content = new ContentPieces(this);
  }

  content(bytes: Uint8Array): void {
    this.#tarSplit.content(bytes);
    this.#content!.write(bytes);
  }

  endEntry(): void {
    this.#tarSplit.endEntry();
    this.#content?.end();
    this.#content = undefined;
    for (const entry of tocEntries(this.#entry!, this.#pieces, this.#digest?.digest('hex'), this.#offset))
      this.#toc.pushText(`${this.#entries++ === 0 ? '' : ','}${goJsonLine(entry)}`);
    this.#digest = undefined;
  }

  archiveEnd(): void {
    this.#tarSplit.archiveEnd();
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + longestPiece - this.#frameLength);
      this.#append(piece);
      at += piece.length;
      if (this.#frameLength === longestPiece) this.endPiece('');
    }
  }

  zeros(count: number): void {
    for (let left = count; left > 0; ) {
      const length = Math.min(left, longestPiece - this.#frameLength);
      this.#reserve(length);
      this.#frame.fill(0, this.#frameLength, this.#frameLength + length);
      this.#frameLength += length;
      left -= length;
      if (this.#frameLength === longestPiece) this.endPiece(left === count - length ? '' : 'zeros');
    }
  }

  endPiece(kind: '' | 'zeros'): void {
    const size = this.#frameLength;
    if (size === 0) return;
    const bytes = this.#frame.subarray(0, size);
    this.#digest!.update(bytes);
    const digest = `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;
    const offset = this.#offset;
    this.#endFrame();
    this.#pieces.push({ offset, chunkOffset: this.#contentOffset, size, digest, kind });
    this.#contentOffset += size;
  }

  /** Writes what follows the tar. @returns the layer's annotations */
  async end(): Promise<Record<string, string>> {
    this.#endFrame();
    await this.#tarSplit.end();
    const tarSplit = this.#tarSplitText.result();
    this.#toc.pushText(`],"tarSplitDigest":"${tarSplit.digest}"}`);
    await this.#toc.end();
    const toc = this.#toc.result();
    const tocPart = this.#skippable(toc.bytes, this.#toc.uncompressed);
    const tarSplitPart = this.#skippable(tarSplit.bytes, this.#tarSplitText.uncompressed);
    this.#skippable(footer(tocPart, tarSplitPart), 0);
    return positionAnnotations(toc.digest, tocPart, tarSplitPart);
  }

  #skippable(bytes: Uint8Array, uncompressed: number): Part {
    const part = { offset: this.#offset + skippableHeader, length: bytes.length, uncompressed };
    this.#write(skippableFrame(bytes.length));
    this.#write(bytes);
    return part;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#frame.set(bytes, this.#frameLength);
    this.#frameLength += bytes.length;
    // Where there is only metadata a frame may end anywhere.
    if (this.#content === undefined && this.#frameLength >= longestPiece) this.#endFrame();
  }

  #reserve(length: number): void {
    if (this.#frameLength + length <= this.#frame.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#frameLength + length, 2 * this.#frame.length));
    this.#frame.copy(larger, 0, 0, this.#frameLength);
    this.#frame = larger;
  }

  #endFrame(): void {
    if (this.#frameLength > 0) this.#write(Bun.zstdCompressSync(this.#frame.subarray(0, this.#frameLength), { level: this.#level }));
    this.#frameLength = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#written.push(bytes);
    this.#offset += bytes.length;
  }
}

/** The entry of a file, and one for each further piece. */
function* tocEntries(entry: TarEntry, pieces: readonly Piece[], digest: string | undefined, endOffset: number): Generator<TocEntry> {
  const name = displayName(entry.name);
  for (const [index, piece] of (pieces.length === 0 ? [undefined] : pieces).entries()) {
    const described: TocEntry = index === 0 ? metadataOf(entry, name) : { type: 'chunk', name };
    if (index === 0 && piece) Object.assign(described, { digest: `sha256:${digest}`, offset: piece.offset, endOffset });
    if (piece && pieces.length > 1) {
      Object.assign(described, {
        ...(index > 0 ? { offset: piece.offset } : {}),
        chunkSize: piece.size,
        ...(index > 0 ? { chunkOffset: piece.chunkOffset } : {}),
        chunkDigest: piece.digest,
        ...(piece.kind === '' ? {} : { chunkType: piece.kind }),
      });
    }
    yield described;
  }
}

function metadataOf(entry: TarEntry, name: string): TocEntry {
  const changed = entry.pax?.get('ctime');
  const xattrs = [...(entry.pax ?? [])].filter(([key]) => key.startsWith(XATTR_RECORD)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: types[entry.type]!,
    name,
    ...(entry.linkName ? { linkName: displayName(entry.linkName) } : {}),
    ...(entry.mode ? { mode: entry.mode } : {}),
    ...(entry.size ? { size: entry.size } : {}),
    ...(entry.uid ? { uid: entry.uid } : {}),
    ...(entry.gid ? { gid: entry.gid } : {}),
    modtime: timeText(entry.mtime),
    ...(entry.atime ? { accesstime: timeText(entry.atime) } : {}),
    ...(changed ? { changetime: timeText(paxTime(changed)) } : {}),
    ...(entry.deviceMajor ? { devMajor: entry.deviceMajor } : {}),
    ...(entry.deviceMinor ? { devMinor: entry.deviceMinor } : {}),
    ...(xattrs.length > 0
      ? {
          xattrs: Object.fromEntries(
            xattrs.map(([key, value]) => [displayName(key.slice(XATTR_RECORD.length)), Buffer.from(value, 'latin1').toString('base64')]),
          ),
        }
      : {}),
  };
}

/** RFC 3339, with the fraction that there is. */
function timeText({ seconds, nanoseconds }: TarTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${fraction}Z`;
}

/** As Go writes it: safe inside HTML. */
const goJsonLine = (entry: TocEntry): string =>
  JSON.stringify(entry).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

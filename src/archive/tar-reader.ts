import { InvalidTar, UnexpectedEnd } from './errors.ts';
import { applyPax, parsePax } from './pax.ts';
import { oldGnuRanges, oldGnuRealSize, paxSparse, SparseMapReader, verifyRanges } from './sparse.ts';
import { EntryType, isHeaderOnly, type SparseRange, type TarEntry } from './tar-entry.ts';
import { BLOCK, isZeroBlock, paddingOf, parseHeader, text } from './tar-header.ts';

/** Who listens to a TarReader. What is passed is valid only during the call. */
export interface TarListener {
  /**
   * Every byte of the archive that is not the content of an ordinary file, in order with the other calls: headers, extensions,
   * padding, end and what follows it. What a sparse file stores counts as well, as its content cannot be cut out and put back.
   */
  raw?(bytes: Uint8Array): void;
  entry(entry: TarEntry): void;
  /** The next bytes of the entry's file. */
  content(bytes: Uint8Array): void;
  /** Zero bytes that the archive does not store: the hole of a sparse file. */
  hole?(length: number): void;
  /** The content is complete. Called for every entry. */
  endEntry(): void;
  /** The two zero blocks were read; what still comes is raw. Not called for an archive that lacks them. */
  archiveEnd?(): void;
}

/** Bodies of PAX and GNU extension headers: longer ones are refused, as Go's archive/tar does. */
export const MAX_EXTENSION = 1 << 20;
/** Extension bytes before one entry. */
const MAX_EXTENSIONS = 8 << 20;

type State = 'header' | 'extension' | 'gnuMap' | 'contentMap' | 'content' | 'end';

/**
 * Incremental parser of tar streams: takes bytes in pieces of any size and tells a listener what they mean, without copying content.
 * Reads v7, ustar, star, GNU (long names, sparse) and PAX (sparse 0.0 to 1.0); judges what is valid as Go's archive/tar does.
 * Global PAX headers are reported as entries of type `g` and change nothing.
 */
export class TarReader {
  readonly #listener: TarListener;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK);
  #blockLength = 0;
  #state: State = 'header';
  #zeroBlocks = 0;

  /** The extension header whose body is being read, and what the ones before this entry said. */
  #extension: TarEntry | undefined;
  #extensionBody: Uint8Array[] = [];
  #extensionBytes = 0;
  #pax: Map<string, string> | undefined;
  #longName: string | undefined;
  #longLink: string | undefined;

  #entry: TarEntry | undefined;
  /** Stored bytes of content, and bytes of padding, that are still to come. */
  #remaining = 0;
  #padding = 0;
  #sparse: { ranges: SparseRange[]; next: number; position: number; left: number } | undefined;
  #mapReader: SparseMapReader | undefined;

  constructor(listener: TarListener) {
    this.#listener = listener;
  }

  /** @throws InvalidTar */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (this.#padding > 0 && this.#remaining === 0) at = this.#skipPadding(bytes, at);
      else if (this.#state === 'content') at = this.#takeContent(bytes, at);
      else if (this.#state === 'extension') at = this.#takeExtension(bytes, at);
      else if (this.#state === 'end') {
        this.#listener.raw?.(bytes.subarray(at));
        return;
      } else at = this.#takeBlock(bytes, at);
    }
  }

  /** No more bytes come. An archive may lack its closing zero blocks. @throws UnexpectedEnd when it stops within an entry */
  end(): void {
    if (this.#state === 'end') return;
    const within = this.#blockLength > 0 || this.#state !== 'header' || this.#extensionBytes > 0;
    // The padding of the last file may be missing, as far as Go's reader minds.
    if (within) throw new UnexpectedEnd(this.#entry === undefined ? 'in a tar header' : `in the tar entry "${this.#entry.name}"`);
  }

  /** Collects a block and hands it on; blocks that lie whole in the chunk are read where they are. */
  #takeBlock(bytes: Buffer, at: number): number {
    if (this.#blockLength === 0 && bytes.length - at >= BLOCK) {
      this.#dispatchBlock(bytes, at);
      return at + BLOCK;
    }
    const length = Math.min(BLOCK - this.#blockLength, bytes.length - at);
    bytes.copy(this.#block, this.#blockLength, at, at + length);
    this.#blockLength += length;
    if (this.#blockLength === BLOCK) {
      this.#blockLength = 0;
      this.#dispatchBlock(this.#block, 0);
    }
    return at + length;
  }

  #dispatchBlock(block: Buffer, at: number): void {
    this.#listener.raw?.(block.subarray(at, at + BLOCK));
    if (this.#state === 'gnuMap') this.#gnuMapBlock(block, at);
    else if (this.#state === 'contentMap') this.#contentMapBlock(block, at);
    else this.#headerBlock(block, at);
  }

  #headerBlock(block: Buffer, at: number): void {
    if (block[at] === 0 && isZeroBlock(block, at)) {
      if (++this.#zeroBlocks < 2) return;
      this.#state = 'end';
      this.#listener.archiveEnd?.();
      return;
    }
    if (this.#zeroBlocks > 0) throw new InvalidTar('a header behind a zero block');
    const header = parseHeader(block, at);
    switch (header.type) {
      case EntryType.pax:
      case EntryType.globalPax:
      case EntryType.gnuLongName:
      case EntryType.gnuLongLink:
        this.#startExtension(header);
        break;
      default:
        this.#startEntry(header, block, at);
    }
  }

  #startExtension(header: TarEntry): void {
    this.#extensionBytes += BLOCK + header.size;
    if (header.size > MAX_EXTENSION || this.#extensionBytes > MAX_EXTENSIONS) throw new InvalidTar('extension header too long');
    this.#extension = header;
    this.#extensionBody = [];
    this.#remaining = header.size;
    this.#padding = paddingOf(header.size);
    if (header.size === 0) this.#finishExtension();
    else this.#state = 'extension';
  }

  #takeExtension(bytes: Buffer, at: number): number {
    const piece = bytes.subarray(at, at + this.#remaining);
    this.#listener.raw?.(piece);
    this.#extensionBody.push(Buffer.from(piece));
    this.#remaining -= piece.length;
    if (this.#remaining === 0) this.#finishExtension();
    return at + piece.length;
  }

  #finishExtension(): void {
    const header = this.#extension!;
    const body = this.#extensionBody.length === 1 ? (this.#extensionBody[0] as Buffer) : Buffer.concat(this.#extensionBody);
    this.#extension = undefined;
    this.#extensionBody = [];
    this.#state = 'header';
    if (header.type === EntryType.gnuLongName) this.#longName = text(body, 0, body.length);
    else if (header.type === EntryType.gnuLongLink) this.#longLink = text(body, 0, body.length);
    else if (header.type === EntryType.pax) this.#pax = parsePax(body);
    else this.#reportGlobal(header, parsePax(body));
  }

  #reportGlobal(header: TarEntry, records: Map<string, string>): void {
    applyPax(header, records);
    header.size = 0;
    this.#forgetExtensions();
    this.#listener.entry(header);
    this.#listener.endEntry();
  }

  #startEntry(entry: TarEntry, block: Buffer, at: number): void {
    if (this.#pax !== undefined) applyPax(entry, this.#pax);
    if (this.#longName) entry.name = this.#longName;
    if (this.#longLink) entry.linkName = this.#longLink;
    if (entry.name.includes('\0') || entry.linkName.includes('\0')) throw new InvalidTar('NUL in a name');
    if (entry.type === '\0') entry.type = entry.name.endsWith('/') ? EntryType.directory : EntryType.file;
    this.#forgetExtensions();
    if (isHeaderOnly(entry.type)) entry.size = 0;
    this.#entry = entry;
    this.#remaining = entry.size;
    this.#padding = paddingOf(entry.size);
    if (!isHeaderOnly(entry.type) && this.#startSparse(entry, block, at)) return;
    this.#announce();
  }

  /** True when the map of a sparse file must be read before the entry is known. */
  #startSparse(entry: TarEntry, block: Buffer, at: number): boolean {
    if (entry.type === EntryType.gnuSparse) {
      entry.size = oldGnuRealSize(block, at);
      const { ranges, more } = oldGnuRanges(block, at, true);
      this.#sparse = { ranges, next: 0, position: 0, left: 0 };
      if (more) this.#state = 'gnuMap';
      return more;
    }
    const map = paxSparse(entry);
    if (map === undefined) return false;
    if (map !== 'in-content') {
      this.#sparse = { ranges: map.ranges, next: 0, position: 0, left: 0 };
      return false;
    }
    this.#mapReader = new SparseMapReader();
    this.#state = 'contentMap';
    return true;
  }

  #gnuMapBlock(block: Buffer, at: number): void {
    const { ranges, more } = oldGnuRanges(block, at, false);
    this.#sparse!.ranges.push(...ranges);
    if (this.#sparse!.ranges.length > 131_072) throw new InvalidTar('sparse map');
    if (!more) this.#announce();
  }

  #contentMapBlock(block: Buffer, at: number): void {
    this.#remaining -= BLOCK;
    const complete = this.#mapReader!.block(block, at);
    if (this.#remaining < 0) throw new InvalidTar('sparse map');
    if (!complete) return;
    this.#sparse = { ranges: this.#mapReader!.ranges(), next: 0, position: 0, left: 0 };
    this.#mapReader = undefined;
    this.#announce();
  }

  #announce(): void {
    const entry = this.#entry!;
    this.#state = 'content';
    if (this.#sparse !== undefined) {
      verifyRanges(this.#sparse.ranges, entry.size, this.#remaining);
      entry.sparse = this.#sparse.ranges;
      entry.type = EntryType.file;
    }
    this.#listener.entry(entry);
    if (this.#sparse !== undefined) this.#skipHole();
    if (this.#remaining === 0) this.#finishEntry();
  }

  #takeContent(bytes: Buffer, at: number): number {
    const sparse = this.#sparse;
    const length = Math.min(this.#remaining, bytes.length - at, sparse === undefined ? Number.POSITIVE_INFINITY : sparse.left);
    const piece = bytes.subarray(at, at + length);
    this.#remaining -= length;
    if (sparse !== undefined) {
      this.#listener.raw?.(piece);
      sparse.left -= length;
      sparse.position += length;
    }
    this.#listener.content(piece);
    if (sparse !== undefined) this.#skipHole();
    if (this.#remaining === 0) this.#finishEntry();
    return at + length;
  }

  /** Moves on to the next range that stores data, or to the end of the file. */
  #skipHole(): void {
    const sparse = this.#sparse!;
    while (sparse.left === 0) {
      const range = sparse.ranges[sparse.next++];
      const target = range?.offset ?? this.#entry!.size;
      if (target > sparse.position) this.#listener.hole?.(target - sparse.position);
      sparse.position = target;
      if (range === undefined) return;
      sparse.left = range.length;
    }
  }

  #finishEntry(): void {
    this.#state = 'header';
    this.#entry = undefined;
    this.#sparse = undefined;
    this.#listener.endEntry();
  }

  #skipPadding(bytes: Buffer, at: number): number {
    const piece = bytes.subarray(at, at + this.#padding);
    this.#listener.raw?.(piece);
    this.#padding -= piece.length;
    return at + piece.length;
  }

  #forgetExtensions(): void {
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#extensionBytes = 0;
  }
}

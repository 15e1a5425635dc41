import { displayName } from '../byte-names.ts';
import { Compression } from '../compression.ts';
import { giveBack } from '../give-back.ts';
import { inflate } from '../inflate.ts';
import { sha256Hex } from '../sha256.ts';
import { TarChunks } from '../tar-chunks.ts';
import { readTarSplit } from '../tar-split-lines.ts';
import { type chunkedParts, InvalidChunkedLayer, type Part } from './format.ts';
import { FrameReader, type PartsSource } from './frame-reader.ts';
import { PartsUnusable } from './parts-unusable.ts';
import { type ChunkedFile, type ChunkedTable, checkTableLength, type FilePiece, inflateFrames, readTable } from './table.ts';

/** Files that are there already. */
export interface KnownFiles extends Disposable {
  /** Whether a file is said to have this content. */
  has(file: ChunkedFile): boolean;
  /** Opens it; undefined where it is there no more, or of another size. */
  open(file: ChunkedFile): number | undefined;
}

/** A zstd:chunked layer of which table and tar-split are here, and the rest can be had in parts. */
export class ChunkedLayer {
  private constructor(
    readonly table: ChunkedTable,
    private readonly tarSplit: Uint8Array,
    private readonly tarSplitLength: number,
    private readonly source: PartsSource,
  ) {}

  /** Fetches and checks what tells of the rest. @throws InvalidChunkedLayer, PartsUnusable */
  static async open(parts: NonNullable<ReturnType<typeof chunkedParts>>, source: PartsSource): Promise<ChunkedLayer> {
    const { digest, toc, tarSplit } = parts;
    checkTableLength(toc);
    checkTableLength({ ...tarSplit, uncompressed: 0 });
    const [tocBytes, tarSplitBytes] = await readTables(source, toc, tarSplit);
    const table = readTable(tocBytes, digest, toc);
    if (`sha256:${sha256Hex(tarSplitBytes)}` !== table.tarSplitDigest) throw new InvalidChunkedLayer('invalid digest of the tar-split');
    if (toc.uncompressed > largeTable) Bun.gc(true);
    return new ChunkedLayer(table, tarSplitBytes, tarSplit.uncompressed, source);
  }

  /**
   * The layer's tar, of known files and of what is fetched. Pieces that are fetched are checked, known files at their end: whoever takes
   * this for the layer compares its digest with the one that the image's config names. A chunk is valid until the next one is asked for.
   * @throws InvalidChunkedLayer, and PartsUnusable when a known file is not what it was said to be
   */
  async *tar(known: KnownFiles): AsyncGenerator<Uint8Array> {
    const { files } = this.table;
    const missing = [...files.values()].flatMap((file) => (known.has(file) ? [] : file.pieces.flatMap(({ frame }) => frame ?? [])));
    await using frames = new FrameReader(this.source, missing);
    const chunks = new TarChunks(true);
    for await (const lines of readTarSplit(this.#tarSplitText(), 'tar-split')) {
      for (const line of lines) {
        if (line.type === 2) yield* chunks.put(line.payload);
        else if (line.size > 0) {
          const file = files.get(line.name);
          if (file?.size !== line.size) throw new InvalidChunkedLayer(`table and tar-split differ on ${displayName(line.name)}`);
          if (known.has(file)) yield* knownContent(chunks, known.open(file), file);
          else for (const piece of file.pieces) yield* fetchedContent(chunks, piece, frames);
        }
      }
    }
    yield* chunks.rest();
  }

  async *#tarSplitText(): AsyncGenerator<Uint8Array> {
    const { tarSplit } = this;
    let length = 0;
    for await (const text of inflate(one(tarSplit), Compression.zstd)) {
      length += text.length;
      if (length > this.tarSplitLength) throw new InvalidChunkedLayer(`the tar-split is longer than ${this.tarSplitLength} bytes`);
      yield text;
    }
  }
}

/** What is read from one of this size leaves several times as much garbage. */
const largeTable = 1 << 20;

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The two tables, with one request where that can be. */
async function readTables(source: PartsSource, toc: Part, tarSplit: Part): Promise<[Uint8Array, Uint8Array]> {
  const inOrder = [toc, tarSplit].sort((a, b) => a.offset - b.offset);
  const bytes = new Uint8Array(toc.length + tarSplit.length);
  let at = 0;
  for await (const chunk of source.parts(inOrder.map(({ offset, length }) => ({ offset, end: offset + length })))) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const [first, second] = [bytes.subarray(0, inOrder[0]!.length), bytes.subarray(inOrder[0]!.length)];
  return inOrder[0] === toc ? [first, second] : [second, first];
}

function* knownContent(chunks: TarChunks, fd: number | undefined, file: ChunkedFile): Generator<Uint8Array> {
  const hasher = new Bun.CryptoHasher('sha256');
  if (fd === undefined) throw new PartsUnusable(`a file that was ${file.digest} is gone`);
  const missing = yield* chunks.file(fd, file.size, (bytes) => hasher.update(bytes));
  if (missing > 0 || `sha256:${hasher.digest('hex')}` !== file.digest)
    throw new PartsUnusable(`a file that was ${file.digest} has changed`);
}

async function* fetchedContent(chunks: TarChunks, piece: FilePiece, frames: FrameReader): AsyncGenerator<Uint8Array> {
  if (piece.frame === undefined) return yield* chunks.zeros(piece.size);
  const content = inflateFrames(await frames.read(piece.frame), piece.size);
  if (`sha256:${sha256Hex(content)}` !== piece.digest) throw new InvalidChunkedLayer(`a piece of a file is not ${piece.digest}`);
  yield* chunks.put(content);
  giveBack(content);
}

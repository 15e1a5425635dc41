import { EntryType } from './tar-entry.ts';
import { paddingOf } from './tar-header.ts';
import { TarReader } from './tar-reader.ts';
import { encodeTarEntry, tarEnd } from './tar-writer.ts';

/** Seconds since 1970. */
export interface TarTimes {
  /** Every entry gets this time … */
  exact?: number;
  /** … and none a later one than this. */
  latest?: number;
}

/** A tar with other times in it; everything else stays. Sparse files are written out. */
export async function* retimeTar(source: AsyncIterable<Uint8Array>, { exact, latest }: TarTimes): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const reader = new TarReader({
    entry(entry) {
      size = entry.size;
      const seconds = Math.min(exact ?? entry.mtime.seconds, latest ?? Number.POSITIVE_INFINITY);
      const changed = seconds !== entry.mtime.seconds || exact !== undefined;
      const { sparse: _sparse, ...kept } = entry;
      if (entry.type !== EntryType.globalPax)
        pieces.push(encodeTarEntry(changed ? { ...kept, mtime: { seconds, nanoseconds: 0 }, atime: undefined } : kept));
    },
    content: (bytes) => void pieces.push(bytes),
    hole: (length) => void pieces.push(Buffer.alloc(length)),
    endEntry() {
      const padding = paddingOf(size);
      if (padding > 0) pieces.push(Buffer.alloc(padding));
      size = 0;
    },
  });
  for await (const chunk of source) {
    reader.write(chunk);
    yield* pieces;
    pieces = [];
  }
  reader.end();
  yield tarEnd();
}

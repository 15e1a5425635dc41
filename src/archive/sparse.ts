import { InvalidTar } from './errors.ts';
import { paxInteger } from './pax.ts';
import type { SparseRange, TarEntry } from './tar-entry.ts';
import { BLOCK, number } from './tar-header.ts';

/** Ranges that a map may hold: more is refused, so that a small archive cannot fill the memory. */
const MAX_RANGES = 131_072;

/** How the map of GNU's sparse files is given: in PAX records, or at the head of the content. */
export type SparseMap = { ranges: SparseRange[] } | 'in-content';

/** What the PAX records of an entry say about sparseness; undefined if nothing. Sets name and real size of the entry. */
export function paxSparse(entry: TarEntry): SparseMap | undefined {
  const pax = entry.pax;
  if (pax === undefined) return undefined;
  const version = `${pax.get('GNU.sparse.major') ?? ''}.${pax.get('GNU.sparse.minor') ?? ''}`;
  const inContent = version === '1.0';
  if (!inContent && version !== '0.0' && version !== '0.1' && !(version === '.' && pax.has('GNU.sparse.map'))) return undefined;
  entry.name = pax.get('GNU.sparse.name') || entry.name;
  const size = pax.get('GNU.sparse.size') || pax.get('GNU.sparse.realsize');
  if (size !== undefined) entry.size = paxInteger(size);
  return inContent ? 'in-content' : { ranges: rangesOfText(pax.get('GNU.sparse.map') ?? '', pax.get('GNU.sparse.numblocks') ?? '0') };
}

function rangesOfText(map: string, count: string): SparseRange[] {
  const numbers = map === '' ? [] : map.split(',').map(paxInteger);
  if (numbers.length !== 2 * paxInteger(count)) throw new InvalidTar('sparse map');
  return pairs(numbers);
}

/** The ranges in an old GNU header or in a block that continues it; `more` tells whether another block follows. */
export function oldGnuRanges(block: Buffer, at: number, inHeader: boolean): { ranges: SparseRange[]; more: boolean } {
  const start = at + (inHeader ? 386 : 0);
  const slots = inHeader ? 4 : 21;
  const ranges: SparseRange[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const offset = start + slot * 24;
    if (block[offset] === 0) break;
    ranges.push({ offset: number(block, offset, 12), length: number(block, offset + 12, 12) });
  }
  return { ranges, more: block[start + slots * 24] !== 0 };
}

/** The real size of an old GNU sparse file. */
export const oldGnuRealSize = (block: Buffer, at: number): number => number(block, at + 483, 12);

/** Reads the map of format 1.0: decimal numbers, one a line, filled up to whole blocks. */
export class SparseMapReader {
  readonly #numbers: number[] = [];
  #pending = '';

  /** Takes the next block; true when the map is complete. @throws InvalidTar */
  block(block: Buffer, at: number): boolean {
    const lines = (this.#pending + block.toString('latin1', at, at + BLOCK)).split('\n');
    this.#pending = lines.pop()!;
    for (const line of lines) {
      this.#numbers.push(paxInteger(line));
      if (this.#isComplete()) return true;
    }
    if (this.#pending.length > 20) throw new InvalidTar('sparse map');
    return false;
  }

  ranges(): SparseRange[] {
    return pairs(this.#numbers.slice(1));
  }

  #isComplete(): boolean {
    const count = this.#numbers[0]!;
    if (count < 0 || count > MAX_RANGES) throw new InvalidTar('sparse map');
    return this.#numbers.length > 2 * count;
  }
}

/** @throws InvalidTar unless the ranges are in order, apart, and inside of `size`, and their data is just what is stored */
export function verifyRanges(ranges: readonly SparseRange[], size: number, stored: number): void {
  if (ranges.length > MAX_RANGES) throw new InvalidTar('sparse map');
  let end = 0;
  let data = 0;
  for (const { offset, length } of ranges) {
    if (offset < end || length < 0 || offset + length > size) throw new InvalidTar('sparse map');
    end = offset + length;
    data += length;
  }
  if (data !== stored) throw new InvalidTar('sparse map');
}

function pairs(numbers: readonly number[]): SparseRange[] {
  const ranges: SparseRange[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) ranges.push({ offset: numbers[i]!, length: numbers[i + 1]! });
  return ranges;
}

import type { OciIdMapping } from '../oci-spec.ts';

interface Range {
  start: number;
  end: number;
}

const byContainer = (a: OciIdMapping, b: OciIdMapping): number => a.containerID - b.containerID;

/** Puts a range in, and takes away from the others what it overlaps, inside or outside. */
export function insertMapping(map: readonly OciIdMapping[], added: OciIdMapping): OciIdMapping[] {
  const kept = map.flatMap((piece) => {
    const overlaps = [added.containerID - piece.containerID, added.hostID - piece.hostID]
      .map((start) => ({ start: Math.max(start, 0), end: Math.min(start + added.size, piece.size) }))
      .filter(({ start, end }) => end > start);
    return subtract([{ start: 0, end: piece.size }], overlaps).map(({ start, end }) => ({
      containerID: piece.containerID + start,
      hostID: piece.hostID + start,
      size: end - start,
    }));
  });
  return [...kept, added];
}

/** The ids of our own namespace that a map does not use yet. */
export function freeRanges(map: readonly OciIdMapping[], own: readonly OciIdMapping[]): Range[] {
  return subtract(
    own.map(({ containerID, size }) => ({ start: containerID, end: containerID + size })),
    map.map(({ hostID, size }) => ({ start: hostID, end: hostID + size })),
  );
}

/** Fills the places inside that a map leaves open, from 0 on, with free ids, and appends what is left of them. */
export function fillMap(map: readonly OciIdMapping[], free: readonly Range[]): OciIdMapping[] {
  const available = free.map((range) => ({ ...range }));
  const filled: OciIdMapping[] = [];
  let next = 0;
  const take = (most: number): boolean => {
    const range = available[0];
    if (!range) return false;
    const size = Math.min(most, range.end - range.start);
    filled.push({ containerID: next, hostID: range.start, size });
    next += size;
    range.start += size;
    if (range.start === range.end) available.shift();
    return true;
  };
  for (const piece of [...map].sort(byContainer)) {
    while (next < piece.containerID && take(piece.containerID - next));
    filled.push(piece);
    next = piece.containerID + piece.size;
  }
  while (take(Number.POSITIVE_INFINITY));
  return filled;
}

/** Sorted by the ids inside, with neighbours that go on outside too made one. */
export function mergeConsecutive(map: readonly OciIdMapping[]): OciIdMapping[] {
  const merged: OciIdMapping[] = [];
  for (const piece of [...map].sort(byContainer)) {
    const last = merged.at(-1);
    if (last && last.containerID + last.size === piece.containerID && last.hostID + last.size === piece.hostID) last.size += piece.size;
    else merged.push({ ...piece });
  }
  return merged;
}

function subtract(ranges: readonly Range[], taken: readonly Range[]): Range[] {
  let left = ranges.map((range) => ({ ...range }));
  for (const gone of taken) {
    left = left.flatMap((range) =>
      gone.end <= range.start || gone.start >= range.end
        ? [range]
        : [
            { start: range.start, end: gone.start },
            { start: gone.end, end: range.end },
          ].filter(({ start, end }) => end > start),
    );
  }
  return left.sort((a, b) => a.start - b.start);
}

import { PartsUnusable } from '../../archive/zstd-chunked/parts-unusable.ts';
import { debug } from '../../diagnostics.ts';
import { pause } from '../../registry/backoff.ts';
import type { PlacedBytes } from '../../registry/byte-ranges.ts';
import type { OpenBlob } from '../../registry/client.ts';
import { RegistryUnreachable } from '../../registry/errors.ts';
import type { PartialBlob, ResumableBlob } from '../transport.ts';

/** Breaks in a row, without a byte in between, after which a download is given up. */
const maximumBreaks = 5;

type Open = (from: number, etag?: string) => Promise<OpenBlob>;

export interface BlobRange {
  readonly offset: number;
  readonly end: number;
}

/** How a registry is asked for a blob. Nothing is answered where it gives only the whole, or only one part at a time. */
export interface BlobRequests {
  open: Open;
  openPart(offset: number, length: number): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** @param ranges ascending */
  openParts(ranges: readonly BlobRange[]): Promise<AsyncIterable<PlacedBytes> | undefined>;
}

/** A blob of a registry, that may be read from any byte on, and in parts. @param size -1 where unknown */
export function registryBlob(size: number, requests: BlobRequests): ResumableBlob & PartialBlob {
  const knows = { several: true };
  return {
    size,
    stream: () => resumingStream(size, requests.open, 0),
    streamFrom: (from) => resumingStream(size, requests.open, from),
    parts: (ranges) => resumingParts(requests, ranges, knows),
  };
}

/** Ranges in one request: what servers take in a header, and as many as may be useful. */
const mostRanges = 100;

/** Parts of a blob, which go on where they broke off: many with one request, each with its own where the registry does not know better. */
async function* resumingParts(
  requests: BlobRequests,
  ranges: readonly BlobRange[],
  knows: { several: boolean },
): AsyncGenerator<Uint8Array> {
  const left = ranges.map(({ offset, end }) => ({ offset, end }));
  let breaks = 0;
  while (left.length > 0) {
    const group = knows.several ? ascending(left) : [];
    if (group.length < 2) {
      const { offset, end } = left.shift()!;
      yield* resumingPart(requests.openPart, offset, end - offset);
      continue;
    }
    try {
      const stream = await requests.openParts(group);
      knows.several = stream !== undefined;
      if (!stream) continue;
      for await (const wanted of within(stream, group)) {
        breaks = 0;
        yield wanted;
      }
      left.splice(0, group.length);
    } catch (error) {
      left.splice(
        0,
        group.findIndex(({ offset, end }) => offset < end),
      );
      if (!(error instanceof RegistryUnreachable) || error.final || ++breaks >= maximumBreaks) throw error;
      debug(`Reading parts of a blob failed (${error.message}), reconnecting`);
      await pause(50 * 4 ** breaks);
    }
  }
}

/** As many of the first ranges as can be asked for at once. */
function ascending(ranges: { offset: number; end: number }[]): { offset: number; end: number }[] {
  let count = 1;
  while (count < Math.min(ranges.length, mostRanges) && ranges[count]!.offset >= ranges[count - 1]!.end) count++;
  return ranges.slice(0, count);
}

/** Of what comes, the bytes of the ranges, which are moved on by it. A server may join parts that lie near each other. */
async function* within(stream: AsyncIterable<PlacedBytes>, ranges: readonly { offset: number; end: number }[]): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const { offset, bytes } of stream) {
    for (let at = 0; index < ranges.length && at < bytes.length; ) {
      const range = ranges[index]!;
      if (offset + at > range.offset) throw new PartsUnusable('the registry gives other parts than it was asked for');
      at = range.offset - offset;
      const wanted = bytes.subarray(at, at + range.end - range.offset);
      if (wanted.length > 0) yield wanted;
      at += wanted.length;
      range.offset += wanted.length;
      if (range.offset === range.end) index++;
    }
    if (index === ranges.length) return;
  }
  throw new PartsUnusable('the registry gives fewer parts than it was asked for');
}

/** A part of a blob, which goes on where it broke off. */
async function* resumingPart(open: BlobRequests['openPart'], offset: number, length: number): AsyncGenerator<Uint8Array> {
  let done = 0;
  for (let breaks = 0; done < length; ) {
    try {
      const stream = await open(offset + done, length - done);
      if (!stream) throw new PartsUnusable('the registry does not answer ranges');
      for await (const chunk of stream) {
        const wanted = chunk.subarray(0, length - done);
        done += wanted.length;
        breaks = 0;
        if (wanted.length > 0) yield wanted;
      }
      if (done < length) throw new RegistryUnreachable(`unexpected EOF after ${done} of ${length} bytes`, 'ESHORT', false);
    } catch (error) {
      if (!(error instanceof RegistryUnreachable) || error.final || ++breaks >= maximumBreaks) throw error;
      debug(`Reading part of a blob failed at ${offset + done} (${error.message}), reconnecting`);
      await pause(50 * 4 ** breaks);
    }
  }
}

/** A download that goes on where it broke off. @param open opens the blob from a byte on, or from its beginning where that cannot be */
export async function* resumingStream(size: number, open: Open, start: number): AsyncGenerator<Uint8Array> {
  let blob: OpenBlob | undefined = await open(start);
  const expected = size >= 0 ? size : blob.size;
  const { etag } = blob;
  let position = start;
  let breaks = 0;
  while (true) {
    try {
      blob ??= await open(position, etag);
      let skip = position - blob.from;
      for await (const chunk of blob.stream()) {
        if (skip >= chunk.length) {
          skip -= chunk.length;
          continue;
        }
        const fresh = skip > 0 ? chunk.subarray(skip) : chunk;
        skip = 0;
        position += fresh.length;
        breaks = 0;
        yield fresh;
      }
      if (expected < 0 || position >= expected) return;
      throw new RegistryUnreachable(`unexpected EOF after ${position} of ${expected} bytes`, 'ESHORT', false);
    } catch (error) {
      if (!(error instanceof RegistryUnreachable) || error.final || ++breaks >= maximumBreaks) throw error;
      debug(`Reading blob body failed at ${position} (${error.message}), reconnecting after ${position} bytes`);
      blob = undefined;
      await pause(50 * 4 ** breaks);
    }
  }
}

import { PartsUnusable } from '../../archive/zstd-chunked/parts-unusable.ts';
import { debug } from '../../diagnostics.ts';
import { pause } from '../../registry/backoff.ts';
import type { OpenBlob } from '../../registry/client.ts';
import { RegistryUnreachable } from '../../registry/errors.ts';
import type { PartialBlob, ResumableBlob } from '../transport.ts';

/** Breaks in a row, without a byte in between, after which a download is given up. */
const maximumBreaks = 5;

type Open = (from: number, etag?: string) => Promise<OpenBlob>;

type OpenPart = (offset: number, length: number) => Promise<AsyncIterable<Uint8Array> | undefined>;

/**
 * A blob of a registry, that may be read from any byte on, and in parts. @param size -1 where unknown
 * @param openPart opens so many bytes, or nothing where the registry gives only the whole
 */
export function registryBlob(size: number, open: Open, openPart: OpenPart): ResumableBlob & PartialBlob {
  return {
    size,
    stream: () => resumingStream(size, open, 0),
    streamFrom: (from) => resumingStream(size, open, from),
    part: (offset, length) => resumingPart(openPart, offset, length),
  };
}

/** A part of a blob, which goes on where it broke off. */
async function* resumingPart(open: OpenPart, offset: number, length: number): AsyncGenerator<Uint8Array> {
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

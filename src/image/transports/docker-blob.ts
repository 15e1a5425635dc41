import { debug } from '../../diagnostics.ts';
import { pause } from '../../registry/backoff.ts';
import type { OpenBlob } from '../../registry/client.ts';
import { RegistryUnreachable } from '../../registry/errors.ts';
import type { ResumableBlob } from '../transport.ts';

/** Breaks in a row, without a byte in between, after which a download is given up. */
const maximumBreaks = 5;

type Open = (from: number, etag?: string) => Promise<OpenBlob>;

/** A blob of a registry, that may be read from any byte on. @param size -1 where unknown */
export function registryBlob(size: number, open: Open): ResumableBlob {
  return { size, stream: () => resumingStream(size, open, 0), streamFrom: (from) => resumingStream(size, open, from) };
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

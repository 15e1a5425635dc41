import { debug } from '../../diagnostics.ts';
import { pause } from '../../registry/backoff.ts';
import type { OpenBlob } from '../../registry/client.ts';
import { RegistryUnreachable } from '../../registry/errors.ts';

/** Breaks in a row, without a byte in between, after which a download is given up. */
const maximumBreaks = 5;

/** A download that goes on where it broke off. @param reopen opens the blob again from a byte offset on */
export async function* resumingStream(first: OpenBlob, reopen: (from: number) => Promise<OpenBlob>): AsyncGenerator<Uint8Array> {
  let position = 0;
  let breaks = 0;
  let blob: OpenBlob | undefined = first;
  while (true) {
    try {
      blob ??= await reopen(position);
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
      if (first.size < 0 || position >= first.size) return;
      throw new RegistryUnreachable(`unexpected EOF after ${position} of ${first.size} bytes`, 'ESHORT', false);
    } catch (error) {
      if (!(error instanceof RegistryUnreachable) || error.final || ++breaks >= maximumBreaks) throw error;
      debug(`Reading blob body failed at ${position} (${error.message}), reconnecting after ${position} bytes`);
      blob = undefined;
      await pause(50 * 4 ** breaks);
    }
  }
}

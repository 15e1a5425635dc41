import { RegistryUnreachable } from './errors.ts';

/** First byte, last byte and size of the whole of a `Content-Range`; undefined where there is none that can be read. */
export function contentRange(header: string | null): { first: number; last: number; size: number | undefined } | undefined {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header ?? '') ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last), size: size === '*' ? undefined : Number(size) };
}

/** The boundary of an answer in several parts; undefined for any other. */
export function partsBoundary(contentType: string | null): string | undefined {
  const [, quoted, bare] =
    /^multipart\/byteranges\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '') ?? [];
  return quoted ?? bare;
}

/** Bytes and where they lie in the whole. */
export interface PlacedBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const longestHead = 8192;

/** Reads multipart/byteranges (RFC 9110, 14.6) as it arrives. Bytes are valid until the next ones are asked for. @throws RegistryUnreachable */
export async function* placedBytes(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<PlacedBytes> {
  const broken = (what: string) => new RegistryUnreachable(`an answer in parts ${what}`, 'EPARTS', true);
  const iterator = source[Symbol.asyncIterator]();
  const delimiter = `--${boundary}`;
  /** What is not understood yet, between two parts. */
  let head = '';
  try {
    for (let left = 0, offset = 0; ; ) {
      const { done, value } = await iterator.next();
      if (done) throw new RegistryUnreachable('unexpected EOF in an answer in parts', 'ESHORT', false);
      for (let at = 0; at < value.length; ) {
        if (left > 0) {
          const bytes = value.subarray(at, at + left);
          yield { offset, bytes };
          offset += bytes.length;
          left -= bytes.length;
          at += bytes.length;
          continue;
        }
        // Heads are short: they are looked at as text, of which no more is taken than they are long.
        const text = head + Buffer.from(value.subarray(at, at + longestHead)).toString('latin1');
        const start = text.indexOf(delimiter);
        if (start >= 0 && text.startsWith('--', start + delimiter.length)) return;
        const end = start < 0 ? -1 : text.indexOf('\r\n\r\n', start);
        if (end < 0) {
          if (text.length > 2 * longestHead) throw broken('has no end of a head');
          head = text;
          at += longestHead;
          continue;
        }
        const range = contentRange(/^content-range:[ \t]*(.*)$/im.exec(text.slice(start, end))?.[1]?.trim() ?? null);
        if (!text.startsWith('\r\n', start + delimiter.length) || !range || range.last < range.first) throw broken('does not say which');
        at += end + 4 - head.length;
        head = '';
        offset = range.first;
        left = range.last + 1 - range.first;
      }
    }
  } finally {
    await iterator.return?.();
  }
}

import { describe, expect, it } from 'vitest';
import { contentRange, partsBoundary, placedBytes } from '../../../src/registry/byte-ranges.ts';

async function read(text: string, pieceLength: number): Promise<[number, string][]> {
  const bytes = Buffer.from(text, 'latin1');
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
  }
  const found: [number, string][] = [];
  for await (const { offset, bytes: part } of placedBytes(source(), 'B')) {
    const last = found.at(-1);
    if (last && last[0] + last[1].length === offset) last[1] += Buffer.from(part).toString('latin1');
    else found.push([offset, Buffer.from(part).toString('latin1')]);
  }
  return found;
}

const part = (range: string, body: string) => `\r\n--B\r\nContent-Type: x/y\r\nContent-Range: bytes ${range}/100\r\n\r\n${body}`;

describe('an answer in parts', () => {
  it.each([1, 2, 7, 100, 10_000])('is read however it arrives (%i bytes at a time)', async (pieceLength) => {
    const text = `${part('3-6', 'ab\r\n')}${part('20-23', '--B-')}${part('50-50', 'z')}\r\n--B--\r\n`;
    const wanted = [
      [3, 'ab\r\n'],
      [20, '--B-'],
      [50, 'z'],
    ];
    expect(await read(text, pieceLength)).toEqual(wanted);
    expect(await read(text.slice(2), pieceLength)).toEqual(wanted);
  });

  it.each([
    ['', 'unexpected EOF'],
    [part('3-6', 'ab'), 'unexpected EOF'],
    [part('3-6', 'abcd'), 'unexpected EOF'],
    ['\r\n--B\r\nContent-Type: x/y\r\n\r\nabcd\r\n--B--', 'does not say which'],
    [part('6-3', ''), 'does not say which'],
    [`\r\n--B\r\n${'x'.repeat(40_000)}`, 'no end of a head'],
    ['y'.repeat(40_000), 'no end of a head'],
  ])('is refused when it is broken: %.20j', async (text, reason) => {
    await expect(read(text, 1000)).rejects.toThrow(reason);
  });

  it('is told by its type', () => {
    expect(partsBoundary('multipart/byteranges; boundary=abc')).toBe('abc');
    expect(partsBoundary('multipart/byteranges; charset=x; boundary="a b"')).toBe('a b');
    expect(partsBoundary('application/octet-stream')).toBeUndefined();
    expect(contentRange('bytes 1-2/*')).toEqual({ first: 1, last: 2, size: undefined });
    expect(contentRange('bytes */3')).toBeUndefined();
  });
});

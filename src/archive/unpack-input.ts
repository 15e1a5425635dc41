import { read } from 'node:fs';
import { widenPipe } from '../os/confinement.ts';

/** Where the helper finds the archive. */
export type HelperInput =
  /** As it comes on standard input. */
  | { kind: 'stream' }
  /** A part of the file that is descriptor 4. */
  | { kind: 'file'; offset: number; length: number }
  /** The file that is descriptor 4, while it grows: standard input says how far it has come, in 8 bytes each time, and ends with it. */
  | { kind: 'growing' };

const streamFd = 0;
const fileFd = 4;
const lengthBytes = 8;

const CHUNK = 1 << 20;

/** Reads as much at a time as there is. Buffers take turns: one is filled while the one before is in use. */
export async function* readInput(input: HelperInput): AsyncGenerator<Uint8Array> {
  const source = input.kind === 'stream' ? fromStream() : input.kind === 'file' ? fromFile(input.offset, input.length) : fromGrowing();
  const buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)] as const;
  for (let turn = 0; ; turn ^= 1) {
    const buffer = buffers[turn === 0 ? 0 : 1];
    const length = await source(buffer);
    if (length === 0) return;
    yield buffer.subarray(0, length);
  }
}

/** Fills the beginning of a buffer; 0 at the end. */
type Source = (buffer: Uint8Array) => Promise<number>;

function fromStream(): Source {
  widenPipe(streamFd, CHUNK);
  return (buffer) => readOnce(streamFd, buffer, buffer.length, null);
}

function fromFile(offset: number, length: number): Source {
  let at = offset;
  return async (buffer) => {
    const count = await readOnce(fileFd, buffer, Math.min(buffer.length, offset + length - at), at);
    at += count;
    return count;
  };
}

function fromGrowing(): Source {
  const words = new Float64Array(512);
  const tokens = new Uint8Array(words.buffer);
  let held = 0;
  let available = 0;
  let at = 0;
  return async (buffer) => {
    while (at === available) {
      const count = await readOnce(streamFd, tokens.subarray(held), tokens.length - held, null);
      if (count === 0) return 0;
      const complete = Math.trunc((held + count) / lengthBytes);
      if (complete > 0) available = words[complete - 1]!;
      held = (held + count) % lengthBytes;
      tokens.copyWithin(0, complete * lengthBytes, complete * lengthBytes + held);
    }
    const count = await readOnce(fileFd, buffer, Math.min(buffer.length, available - at), at);
    at += count;
    return count;
  };
}

function readOnce(fd: number, buffer: Uint8Array, length: number, position: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

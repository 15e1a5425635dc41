import { fstatSync, read, write, writeSync } from 'node:fs';
import { isWritable } from './readable.ts';

/** Bytes that a pipe takes without blocking once poll(2) calls it writable. */
const ATOMIC = 4096;

/** Where bytes go. A promise means: send no more, and leave the chunk's memory alone, until it is settled. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

/**
 * A sink on a descriptor that never blocks the event loop for long: it writes a little directly while the other side keeps up, and
 * through the thread pool, with back-pressure, what is more or where it does not. A closed reader (EPIPE) makes it swallow the rest; `onBroken` is told once.
 */
export function descriptorSink(fd: number, onBroken?: () => void): Sink {
  let broken = false;
  const fail = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'EBADF' && error.code !== 'EIO') throw error;
    broken = true;
    onBroken?.();
  };
  const regular = isRegular(fd);
  return (chunk) => {
    if (broken) return;
    let at = 0;
    try {
      if (regular) while (at < chunk.length) at += writeSync(fd, chunk, at);
      else if (chunk.length <= ATOMIC && isWritable(fd)) at = writeSync(fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return fail(error as NodeJS.ErrnoException);
    }
    if (at < chunk.length) return writeLater(fd, chunk.subarray(at)).catch(fail);
  };
}

function isRegular(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

async function writeLater(fd: number, rest: Uint8Array): Promise<void> {
  for (let at = 0; at < rest.length; ) {
    at += await new Promise<number>((resolve, reject) => {
      write(fd, rest, at, rest.length - at, null, (error, written) => {
        if (error === null || error === undefined) resolve(written);
        else if (error.code === 'EAGAIN') setTimeout(() => resolve(0), 5);
        else reject(error);
      });
    });
  }
}

/** The bytes of a descriptor until its end, read through the thread pool; a chunk is valid until the next one is asked for. */
export async function* readDescriptor(fd: number, chunkSize = 65536): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(chunkSize);
  for (;;) {
    const size = await readSome(fd, buffer);
    if (size === 0) return;
    yield buffer.subarray(0, size);
  }
}

function readSome(fd: number, buffer: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, size) => {
      if (error === null || error === undefined) resolve(size);
      else if (error.code === 'EAGAIN') setTimeout(() => resolve(readSome(fd, buffer)), 5);
      // A terminal that hung up and a closed stdin both mean that nothing more will come.
      else if (error.code === 'EIO' || error.code === 'EBADF') resolve(0);
      else reject(error);
    });
  });
}

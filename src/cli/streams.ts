import { writeSync } from 'node:fs';

/** Writes all of it before returning. A reader that has gone (EPIPE) ends the process silently, with SIGPIPE's exit code. */
export function writeOut(chunk: string | Uint8Array): void {
  writeAll(1, chunk);
}

export function writeError(chunk: string | Uint8Array): void {
  writeAll(2, chunk);
}

function writeAll(fd: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(128 + 13);
      if (code === 'EAGAIN') (require('../os/readable.ts') as typeof import('../os/readable.ts')).waitWritable(fd);
      else if (fd === 2) return;
      else throw error;
    }
  }
}

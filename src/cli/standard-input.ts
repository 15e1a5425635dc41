import { closeSync, fstatSync, mkdtempSync, openSync, readlinkSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface InputFile extends Disposable {
  readonly path: string;
}

/**
 * Standard input as a file that can be opened by name and read twice: itself where it is a file at its beginning, else a copy that
 * is removed in the end.
 */
export function standardInputFile(directory = process.env['TMPDIR'] || '/var/tmp'): InputFile {
  const redirected = plainFile();
  if (redirected !== undefined) return { path: redirected, [Symbol.dispose]: () => {} };
  const parent = mkdtempSync(join(directory, 'podman'));
  const path = join(parent, 'stdin');
  const remove = (): void => rmSync(parent, { recursive: true, force: true });
  try {
    copyTo(path);
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}

function plainFile(): string | undefined {
  try {
    const here = fstatSync(0);
    if (!here.isFile()) return undefined;
    const path = readlinkSync('/proc/self/fd/0');
    const there = statSync(path);
    return here.ino === there.ino && here.dev === there.dev ? path : undefined;
  } catch {
    return undefined;
  }
}

function copyTo(path: string): void {
  const output = openSync(path, 'wx', 0o600);
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      const count = readSome(buffer);
      if (count === 0) return;
      for (let at = 0; at < count; ) at += writeSync(output, buffer, at, count - at);
    }
  } finally {
    closeSync(output);
  }
}

function readSome(buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(0, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

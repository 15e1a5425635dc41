import { closeSync, constants as files, fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { bindLibc, errno } from './libc.ts';

const libc = bindLibc({
  memfd_create: { args: ['ptr', 'u32'], returns: 'i32' },
  sendfile: { args: ['i32', 'i32', 'ptr', 'u64'], returns: 'i64' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
});

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1033;
/** Of seals, size (both ways) and content: what crun and runc look for in /proc/self/exe. */
const ALL_SEALS = 0xf;

/**
 * A copy of an executable in memory that nobody can change any more (memfd_create(2)), to be run as /proc/self/fd/N; close-on-exec.
 * undefined where the kernel forbids to run such files, or the file cannot be read.
 */
export function sealedCopy(path: string): number | undefined {
  const name = Buffer.from(`${path.slice(path.lastIndexOf('/') + 1)}\0`);
  let copy = libc().memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  // Before Linux 6.3 there is no such flag, and all are executable.
  if (copy < 0 && errno() === constants.errno.EINVAL) copy = libc().memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (copy < 0) return undefined;
  if (fill(copy, path) && libc().fcntl(copy, F_ADD_SEALS, ALL_SEALS) === 0) return copy;
  closeSync(copy);
  return undefined;
}

function fill(copy: number, path: string): boolean {
  let original: number;
  try {
    original = openSync(path, files.O_RDONLY);
  } catch {
    return false;
  }
  try {
    const { size } = fstatSync(original);
    let written = 0;
    while (written < size) {
      const count = Number(libc().sendfile(copy, original, null, size - written));
      if (count <= 0) return false;
      written += count;
    }
    return true;
  } finally {
    closeSync(original);
  }
}

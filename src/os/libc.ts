import { dlopen, type FFIFunction, type Pointer, ptr, read } from 'bun:ffi';
import { constants } from 'node:os';
import { SelkieError } from '../errors.ts';

type Symbols = Record<string, FFIFunction>;

/**
 * Binds functions of libc on first use: each symbol costs a trampoline, so a command pays only for the subjects that it touches.
 * `const lib = bindLibc({ mount: { args: ['cstring', …], returns: 'i32' } }); lib().mount(…)`.
 */
export function bindLibc<const S extends Symbols>(symbols: S): () => ReturnType<typeof dlopen<S>>['symbols'] {
  let bound: ReturnType<typeof dlopen<S>>['symbols'] | undefined;
  return () => {
    bound ??= dlopen<S>('libc.so.6', symbols).symbols;
    return bound;
  };
}

const errnoLocation = bindLibc({ __errno_location: { args: [], returns: 'ptr' } });

/** errno of the last failed call; read it before anything else runs. */
export function errno(): number {
  return read.i32(errnoLocation().__errno_location() as Pointer, 0);
}

/** Searched, not indexed: it is needed for failures only, and the index would cost every start. */
const nameOf = (errno: number): string | undefined => Object.entries(constants.errno).find(([, value]) => value === errno)?.[0];

/** strerror as Go prints it: the field's tools show these texts, so ours do too. */
const texts: Record<string, string> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ESRCH: 'no such process',
  EINTR: 'interrupted system call',
  EIO: 'input/output error',
  ENXIO: 'no such device or address',
  E2BIG: 'argument list too long',
  ENOEXEC: 'exec format error',
  EBADF: 'bad file descriptor',
  ECHILD: 'no child processes',
  EAGAIN: 'resource temporarily unavailable',
  ENOMEM: 'cannot allocate memory',
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  EXDEV: 'invalid cross-device link',
  ENODEV: 'no such device',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EINVAL: 'invalid argument',
  ENFILE: 'too many open files in system',
  EMFILE: 'too many open files',
  ENOTTY: 'inappropriate ioctl for device',
  ETXTBSY: 'text file busy',
  EFBIG: 'file too large',
  ENOSPC: 'no space left on device',
  ESPIPE: 'illegal seek',
  EROFS: 'read-only file system',
  EMLINK: 'too many links',
  EPIPE: 'broken pipe',
  ENAMETOOLONG: 'file name too long',
  ENOSYS: 'function not implemented',
  ENOTEMPTY: 'directory not empty',
  ELOOP: 'too many levels of symbolic links',
  ENODATA: 'no data available',
  EOPNOTSUPP: 'operation not supported',
  ENOTSUP: 'operation not supported',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ETIMEDOUT: 'connection timed out',
  EDQUOT: 'disk quota exceeded',
};

/** The text for an error code such as `ENOENT`, in the words of Go's syscall package; the code itself where there is none. */
export function errnoText(code: string): string {
  return texts[code] ?? code;
}

/** A system call that failed. `code` is the symbolic errno (`ENOENT`). */
export class OsError extends SelkieError {
  constructor(
    readonly syscall: string,
    readonly errno: number,
    readonly path?: string,
  ) {
    const code = nameOf(errno) ?? `errno ${errno}`;
    super(`${syscall}${path === undefined ? '' : ` ${path}`}: ${errnoText(code)}`);
    this.code = code;
  }
  readonly code: string;
}

/** Passes a non-negative result on and throws OsError for a negative one. */
export function check(result: number, syscall: string, path?: string): number {
  if (result < 0) throw new OsError(syscall, errno(), path);
  return result;
}

/** A NUL-terminated copy of a string for a `ptr` argument. */
export function cstring(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}

// For arrays of pointers only. As an argument pass the array itself: a number does not keep its memory from the garbage collector, nor
// does the JIT see that the call may have written to it (see raw-entries.ts).
export { ptr };

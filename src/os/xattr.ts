import { bindLibc, check, cstring, errno, OsError } from './libc.ts';

const libc = bindLibc({
  lgetxattr: { args: ['ptr', 'ptr', 'ptr', 'u64'], returns: 'i64' },
  lsetxattr: { args: ['ptr', 'ptr', 'ptr', 'u64', 'i32'], returns: 'i32' },
  llistxattr: { args: ['ptr', 'ptr', 'u64'], returns: 'i64' },
});

const ENODATA = 61;
const ENOTSUP = 95;
const ERANGE = 34;
const MAX_SIZE = 65536;

const scratch = new Uint8Array(MAX_SIZE);
const empty = new Uint8Array(1);

/** The value of an extended attribute of the file itself (links are not followed); undefined where there is none or the file system has no attributes. */
export function getXattr(path: string, name: string): Uint8Array | undefined {
  const size = Number(libc().lgetxattr(cstring(path), cstring(name), scratch, MAX_SIZE));
  if (size >= 0) return scratch.slice(0, size);
  const code = errno();
  if (code === ENODATA || code === ENOTSUP) return undefined;
  throw new OsError('lgetxattr', code, path);
}

/** Sets an extended attribute of the file itself. */
export function setXattr(path: string, name: string, value: Uint8Array): void {
  check(libc().lsetxattr(cstring(path), cstring(name), value.length > 0 ? value : empty, value.length, 0), 'lsetxattr', path);
}

/** The names of all extended attributes of the file itself that the caller may see. */
export function listXattrs(path: string): string[] {
  const size = Number(libc().llistxattr(cstring(path), scratch, MAX_SIZE));
  if (size === 0) return [];
  if (size > 0)
    return Buffer.from(scratch.buffer, 0, size)
      .toString('utf8', 0, size - 1)
      .split('\0');
  const code = errno();
  if (code === ENOTSUP || code === ERANGE) return [];
  throw new OsError('llistxattr', code, path);
}

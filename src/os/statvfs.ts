import { bindLibc, check, cstring } from './libc.ts';

const libc = bindLibc({ statvfs: { args: ['ptr', 'ptr'], returns: 'i32' } });

export interface MountFlags {
  readOnly: boolean;
  nosuid: boolean;
  nodev: boolean;
  noexec: boolean;
}

const flagOffset = 72;
const structSize = 112;

/** How the file system that holds `path` is mounted. @throws OsError */
export function mountFlags(path: string): MountFlags {
  const buffer = new Uint8Array(structSize);
  check(libc().statvfs(cstring(path), buffer), 'statfs', path);
  const flags = new DataView(buffer.buffer).getUint32(flagOffset, true);
  return { readOnly: (flags & 1) !== 0, nosuid: (flags & 2) !== 0, nodev: (flags & 4) !== 0, noexec: (flags & 8) !== 0 };
}

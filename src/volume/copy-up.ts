import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { deviceMajor, deviceMinor, makeNode, O_PATH, setTimes } from '../os/files.ts';
import { getXattr, listXattrs, setXattr } from '../os/xattr.ts';

/**
 * Copies what is in a directory of the container, given as a descriptor, into the empty directory `target`. Links are copied as links
 * and nothing is followed: every step goes on from the descriptor before, so that a link exchanged meanwhile leads nowhere.
 */
export function copyTree(source: number, target: string): void {
  for (const name of readdirSync(`/proc/self/fd/${source}`)) copyEntry(`/proc/self/fd/${source}/${name}`, `${target}/${name}`);
  copyMetadata(`/proc/self/fd/${source}/.`, target);
}

function copyEntry(from: string, to: string): void {
  const fd = openSync(from, O_PATH | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(fd, { bigint: true });
    const self = `/proc/self/fd/${fd}`;
    if (stat.isDirectory()) {
      mkdirSync(to, { mode: 0o700 });
      copyTree(fd, to);
      return;
    }
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (stat.isFile()) copyFileSync(self, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else makeNode(to, Number(stat.mode), deviceMajor(stat.rdev), deviceMinor(stat.rdev));
    if (stat.isSymbolicLink()) lchownSync(to, Number(stat.uid), Number(stat.gid));
    else {
      chownSync(to, Number(stat.uid), Number(stat.gid));
      chmodSync(to, Number(stat.mode) & 0o7777);
      copyXattrs(from, to);
    }
    setTimes(to, stat.atimeNs, stat.mtimeNs);
  } finally {
    closeSync(fd);
  }
}

function copyMetadata(from: string, to: string): void {
  const stat = lstatSync(from, { bigint: true });
  chownSync(to, Number(stat.uid), Number(stat.gid));
  chmodSync(to, Number(stat.mode) & 0o7777);
  copyXattrs(from, to);
  setTimes(to, stat.atimeNs, stat.mtimeNs);
}

/** File capabilities and what users set; after the owner, whose change would drop the capabilities. */
function copyXattrs(from: string, to: string): void {
  for (const name of listXattrs(from)) {
    if (name.startsWith('trusted.overlay.') || name === 'security.selinux') continue;
    const value = getXattr(from, name);
    if (value) setXattr(to, name, value);
  }
}

import { closeSync, lstatSync, openSync, readFileSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { EntryType } from '../archive/tar-entry.ts';
import { paddingOf } from '../archive/tar-header.ts';
import { encodeTarEntry } from '../archive/tar-writer.ts';
import { deviceMajor, deviceMinor } from '../os/files.ts';
import { walkTree } from './source-items.ts';

/**
 * The digest of a tree that a RUN sees by a bind mount: of a tar without times that begins with `.`, with the machine's names of owners.
 * The same bytes as buildah digests, as the cache is shared.
 */
export function pathChecksum(path: string): string {
  const hash = new Bun.CryptoHasher('sha256');
  const users = namesOf('/etc/passwd');
  const groups = namesOf('/etc/group');
  const add = (name: string, hostPath: string, stat: Stats): void => {
    const device = BigInt(stat.isBlockDevice() || stat.isCharacterDevice() ? stat.rdev : 0);
    hash.update(
      encodeTarEntry({
        name,
        type: typeOf(stat),
        linkName: stat.isSymbolicLink() ? readlinkSync(hostPath) : '',
        size: stat.isFile() ? stat.size : 0,
        mode: stat.mode & 0o7777,
        uid: stat.uid,
        gid: stat.gid,
        userName: users.get(stat.uid) ?? '',
        groupName: groups.get(stat.gid) ?? '',
        mtime: { seconds: 0, nanoseconds: 0 },
        deviceMajor: deviceMajor(device),
        deviceMinor: deviceMinor(device),
      }),
    );
    if (stat.isFile()) hashFile(hash, hostPath, stat.size);
  };
  const top = lstatSync(path);
  add('.', path, top);
  if (top.isDirectory())
    for (const entry of walkTree(path, '', () => 'keep')) if (!entry.stat.isSocket()) add(entry.name, entry.hostPath, entry.stat);
  return `sha256:${hash.update(Buffer.alloc(1024)).digest('hex')}`;
}

function hashFile(hash: Bun.CryptoHasher, path: string, size: number): void {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 18);
    for (let left = size; left > 0; ) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, left), null);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      left -= count;
    }
  } finally {
    closeSync(fd);
  }
  hash.update(Buffer.alloc(paddingOf(size)));
}

function typeOf(stat: Stats): string {
  if (stat.isDirectory()) return EntryType.directory;
  if (stat.isSymbolicLink()) return EntryType.symbolicLink;
  if (stat.isFIFO()) return EntryType.fifo;
  if (stat.isCharacterDevice()) return EntryType.character;
  return stat.isBlockDevice() ? EntryType.block : EntryType.file;
}

function namesOf(file: string): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name = '', , id = ''] = line.split(':');
      if (name !== '' && id !== '' && !names.has(Number(id))) names.set(Number(id), name);
    }
  } catch {
    // A machine without the file knows its users by number alone.
  }
  return names;
}

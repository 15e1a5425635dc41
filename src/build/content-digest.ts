import { closeSync, createReadStream, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { decompress } from '../archive/compression.ts';
import { EntryType, type TarEntry } from '../archive/tar-entry.ts';
import { paddingOf } from '../archive/tar-header.ts';
import { TarReader } from '../archive/tar-reader.ts';
import { encodeTarEntry } from '../archive/tar-writer.ts';
import { deviceMajor, deviceMinor } from '../os/files.ts';
import { modeIn, type Placement } from './place.ts';
import type { TreeEntry } from './source-items.ts';

/**
 * The digest by which a COPY knows its content: of a tar with all times zero, without names of owners, with owners and modes as they
 * will be in the container. The same bytes as buildah digests, as the cache is shared.
 */
export class ContentDigest {
  private readonly hash = new Bun.CryptoHasher('sha256');

  constructor(private readonly placement: Pick<Placement, 'owner' | 'keepOwner' | 'mode' | 'strip'>) {}

  /** First names of files that have several, by device and inode. */
  private readonly linked = new Map<string, string>();

  text(name: string, text: string): void {
    const bytes = Buffer.from(text);
    this.header({ name, type: EntryType.file, mode: this.placement.mode ?? 0o644, size: bytes.length, ...this.placement.owner });
    this.hash.update(bytes).update(Buffer.alloc(paddingOf(bytes.length)));
  }

  file(name: string, source: { hostPath: string; stat: Stats }): void {
    const { stat, hostPath } = source;
    this.header({ ...this.attributes(stat), name, type: EntryType.file, size: stat.size });
    const fd = openSync(hostPath, 'r');
    try {
      const buffer = Buffer.allocUnsafe(1 << 18);
      for (let left = stat.size; left > 0; ) {
        const count = readSync(fd, buffer, 0, Math.min(buffer.length, left), null);
        if (count === 0) break;
        this.hash.update(buffer.subarray(0, count));
        left -= count;
      }
    } finally {
      closeSync(fd);
    }
    this.hash.update(Buffer.alloc(paddingOf(stat.size)));
  }

  entry({ name, hostPath, stat }: TreeEntry): void {
    const attributes = this.attributes(stat);
    const first = stat.isFile() && stat.nlink > 1 ? this.firstName(name, stat) : name;
    if (first !== name) this.header({ ...attributes, name, type: EntryType.hardLink, linkName: first });
    else if (stat.isFile()) this.file(name, { hostPath, stat });
    else if (stat.isDirectory()) this.header({ ...attributes, name: `${name}/`, type: EntryType.directory });
    else if (stat.isSymbolicLink())
      this.header({ ...attributes, mode: 0o777, name, type: EntryType.symbolicLink, linkName: readlinkSync(hostPath) });
    else if (stat.isFIFO()) this.header({ ...attributes, name, type: EntryType.fifo });
    else if (stat.isCharacterDevice() || stat.isBlockDevice()) {
      const device = BigInt(stat.rdev);
      this.header({
        ...attributes,
        name,
        type: stat.isBlockDevice() ? EntryType.block : EntryType.character,
        deviceMajor: deviceMajor(device),
        deviceMinor: deviceMinor(device),
      });
    }
  }

  /** The entries of an archive, as if they were put into a tar anew. */
  async archive(path: string): Promise<void> {
    let left = 0;
    const reader = new TarReader({
      entry: (entry) => {
        left = entry.size;
        const { atime: _atime, ...kept } = entry;
        if (entry.type !== EntryType.globalPax)
          this.header({ ...kept, userName: '', groupName: '', mtime: { seconds: 0, nanoseconds: 0 } });
      },
      content: (bytes) => void this.hash.update(bytes),
      hole: (length) => void this.hash.update(Buffer.alloc(length)),
      endEntry: () => void this.hash.update(Buffer.alloc(paddingOf(left))),
    });
    for await (const chunk of decompress(createReadStream(path, { highWaterMark: 1 << 18 }))) reader.write(chunk);
    reader.end();
  }

  hex(): string {
    return this.hash.update(Buffer.alloc(1024)).digest('hex');
  }

  private firstName(name: string, { dev, ino }: Stats): string {
    const key = `${dev}:${ino}`;
    const first = this.linked.get(key) ?? name;
    this.linked.set(key, first);
    return first;
  }

  private attributes(stat: Stats): Pick<TarEntry, 'mode' | 'uid' | 'gid'> {
    const owner = this.placement.keepOwner ? stat : this.placement.owner;
    return { mode: this.placement.mode ?? modeIn(stat.mode, this.placement), uid: owner.uid, gid: owner.gid };
  }

  private header(fields: Partial<TarEntry> & Pick<TarEntry, 'name' | 'type'>): void {
    this.hash.update(
      encodeTarEntry({
        linkName: '',
        size: 0,
        mode: 0,
        uid: 0,
        gid: 0,
        userName: '',
        groupName: '',
        mtime: { seconds: 0, nanoseconds: 0 },
        deviceMajor: 0,
        deviceMinor: 0,
        ...fields,
      }),
    );
  }
}

import { closeSync, constants, fstatSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { formatInstant } from '../image/instant.ts';
import type { Container } from './container.ts';
import { ContainerRoot } from './container-root.ts';
import type { ContainerEngine } from './engine.ts';

/** What the API says of a path of a container; `mode` in Go's bits. */
export interface PathStat {
  name: string;
  size: number;
  mode: number;
  mtime: string;
  isDir: boolean;
  linkTarget: string;
}

/** What is at a path of a container, links followed inside; undefined where nothing is. */
export function statInContainer(engine: ContainerEngine, container: Container, path: string): PathStat | undefined {
  using root = new ContainerRoot(engine, container);
  const full = root.absolute(path);
  let fd: number;
  try {
    fd = root.open(full);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    return {
      name: basename(full) || '/',
      size: stat.size,
      mode: goMode(stat),
      mtime: formatInstant(BigInt(Math.trunc(stat.mtimeMs)) * 1_000_000n),
      isDir: stat.isDirectory(),
      linkTarget: root.resolve(full),
    };
  } finally {
    closeSync(fd);
  }
}

const kinds: readonly [number, number][] = [
  [constants.S_IFDIR, 0x80000000],
  [constants.S_IFLNK, 0x8000000],
  [constants.S_IFBLK, 0x4000000],
  [constants.S_IFCHR, 0x4200000],
  [constants.S_IFIFO, 0x2000000],
  [constants.S_IFSOCK, 0x1000000],
];

/** Go's os.FileMode. */
function goMode({ mode }: Stats): number {
  const kind = kinds.find(([bits]) => (mode & constants.S_IFMT) === bits)?.[1] ?? 0;
  const special = (mode & 0o4000 ? 0x800000 : 0) + (mode & 0o2000 ? 0x400000 : 0) + (mode & 0o1000 ? 0x100000 : 0);
  return kind + special + (mode & 0o777);
}

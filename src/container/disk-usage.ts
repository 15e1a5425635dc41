import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** What a container takes on disk. */
export interface ContainerDiskUsage {
  container: Container;
  /** Bytes written by it, its files beside the root included. */
  rwSize: number;
}

export interface VolumeDiskUsage {
  name: string;
  /** Containers that use it. */
  links: number;
  size: number;
}

/** Bytes in the regular files and links below a directory, files with several names once; 0 where there is no such directory. */
export function directorySize(path: string): number {
  const seen = new Set<string>();
  let size = 0;
  const walk = (directory: string): void => {
    for (const entry of entriesOf(directory)) {
      const file = join(directory, entry.name);
      if (entry.isDirectory()) {
        walk(file);
        continue;
      }
      const found = lstatSync(file, { throwIfNoEntry: false });
      if (found === undefined) continue;
      const inode = `${found.dev}:${found.ino}`;
      if (found.nlink > 1 && seen.has(inode)) continue;
      seen.add(inode);
      size += found.size;
    }
  };
  walk(path);
  return size;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Bytes that a container has written: its layer, and its directories in graphroot and runroot. */
export function containerRwSize(engine: ContainerEngine, container: Container): number {
  const record = engine.store.containers.find(container.id);
  const { driver, graphRoot } = engine.storeOptions;
  const layer = record?.layer;
  const diff =
    layer === undefined ? '' : driver === 'overlay' ? join(graphRoot, 'overlay', layer, 'diff') : join(graphRoot, 'vfs/dir', layer);
  return (diff === '' ? 0 : directorySize(diff)) + directorySize(container.config.staticDir) + directorySize(container.config.runDir);
}

export function containersDiskUsage(engine: ContainerEngine): ContainerDiskUsage[] {
  return engine.state.list().map((container) => ({ container, rwSize: containerRwSize(engine, container) }));
}

export function volumesDiskUsage(engine: ContainerEngine): VolumeDiskUsage[] {
  const used = engine.state.list().flatMap(({ config }) => [...new Set(config.namedVolumes.map(({ name }) => name))]);
  return engine.state.documents<{ name: string }>('volume').map(({ value: { name } }) => ({
    name,
    links: used.filter((other) => other === name).length,
    size: directorySize(join(engine.paths.volumePath, name, '_data')),
  }));
}

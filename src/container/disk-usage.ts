import { join } from 'node:path';
import { directorySize } from '../storage/directory-size.ts';
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

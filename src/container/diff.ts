import { SelkieError } from '../errors.ts';
import { layerChanges, topLayerOf } from '../image/diff.ts';
import type { Change } from '../storage/layers.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** What the container makes itself; podman does not count it as a change. */
const ownPlaces = [
  '/dev',
  '/dev/console',
  '/dev/pts',
  '/dev/shm',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/proc',
  '/run',
  '/run/notify',
  '/run/.containerenv',
  '/run/secrets',
  '/sys',
  '/etc/mtab',
];

/** What a name may lead to. */
export type DiffKind = 'container' | 'image' | 'any';

/** What a container or an image changes of what it was made from; with `from`, what differs from that one. @throws SelkieError */
export async function changesOf(engine: ContainerEngine, name: string, kind: DiffKind, from?: string): Promise<Change[]> {
  const container = kind === 'image' ? undefined : engine.state.find(name);
  if (from !== undefined) {
    const changes = await layerChanges(engine.images, layerOf(engine, name, kind), layerOf(engine, from, kind));
    return container === undefined ? changes : withoutOwn(container, changes);
  }
  if (container !== undefined) return containerChanges(engine, container);
  return layerChanges(engine.images, layerOf(engine, name, kind));
}

function layerOf(engine: ContainerEngine, name: string, kind: DiffKind): string {
  const container = kind === 'image' ? undefined : engine.state.find(name);
  const record = container && engine.store.containers.find(container.id);
  if (record) return record.layer;
  if (kind === 'container') throw new SelkieError(`${name} not found: container not known`);
  if (kind === 'any' && !engine.images.exists(name)) throw new SelkieError(`${name} not found: layer not known`);
  return topLayerOf(engine.images, name);
}

/** What a container changed of its image. */
export async function containerChanges(engine: ContainerEngine, container: Container): Promise<Change[]> {
  const record = engine.store.containers.find(container.id);
  return record === undefined ? [] : withoutOwn(container, await engine.store.layers.changes(record.layer));
}

function withoutOwn({ config }: Container, changes: Change[]): Change[] {
  const hidden = new Set([...ownPlaces, ...(config.spec.mounts ?? []).map(({ destination }) => destination)]);
  return changes.filter(({ path }) => !hidden.has(path));
}

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

/** What a container changed of its image. */
export async function containerChanges(engine: ContainerEngine, container: Container): Promise<Change[]> {
  const record = engine.store.containers.find(container.id);
  if (record === undefined) return [];
  const hidden = new Set([...ownPlaces, ...(container.config.spec.mounts ?? []).map(({ destination }) => destination)]);
  return (await engine.store.layers.changes(record.layer)).filter(({ path }) => !hidden.has(path));
}

import { join } from 'node:path';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { NoSuchContainer, WrongState } from './errors.ts';
import { mountContainer, unmountContainer } from './init.ts';
import { requirePresent } from './sync-state.ts';

export interface MountedContainer {
  id: string;
  names: string[];
  path: string;
}

const mergedPath = (engine: ContainerEngine, layer: string): string =>
  engine.storeOptions.driver === 'overlay'
    ? join(engine.paths.graphRoot, 'overlay', layer, 'merged')
    : join(engine.paths.graphRoot, engine.storeOptions.driver, 'dir', layer);

/** Containers, of whatever tool, whose root is mounted now. */
export function mountedContainers(engine: ContainerEngine): MountedContainer[] {
  return engine.store.containers
    .list()
    .filter(({ id }) => engine.store.mountCount(id) > 0)
    .map(({ id, names, layer }) => ({ id, names: [...names], path: mergedPath(engine, layer) }));
}

/** Mounts containers for the user, until `unmountByHand`; what is mounted already stays as it is. @param external names that only the store knows  @throws NoSuchContainer */
export async function mountByHand(
  engine: ContainerEngine,
  containers: readonly Container[],
  external: readonly string[],
): Promise<MountedContainer[]> {
  const mounts: MountedContainer[] = [];
  for (const container of containers) {
    await engine.locks.with(container.id, () => {
      requirePresent(engine, container);
      if (container.state.status === 'removing') throw new WrongState(`cannot mount container ${container.id} as it is being removed`);
      const isMounted = container.config.rootfs === undefined && engine.store.mountCount(container.id) > 0;
      const path = isMounted ? mergedPath(engine, engine.store.containers.find(container.id)!.layer) : mount(engine, container);
      mounts.push({ id: container.id, names: [container.name], path });
      if (!isMounted) engine.events.writeContainerEvent(container, 'mount');
    });
  }
  for (const name of external) {
    const record = engine.store.containers.find(name);
    if (record === undefined) throw new NoSuchContainer(name);
    mounts.push({ id: record.id, names: [...record.names], path: engine.store.mount(record.id) });
  }
  return mounts;
}

const mount = (engine: ContainerEngine, container: Container): string =>
  container.config.rootfs === undefined ? engine.store.mount(container.id) : mountContainer(engine, container);

/** Takes one mount back, all of them with `force`. @returns the container's ID  @throws WrongState, NoSuchContainer */
export function unmountByHand(engine: ContainerEngine, container: Container | string, force: boolean): string {
  if (typeof container === 'string') {
    const record = engine.store.containers.find(container);
    if (record === undefined) throw new NoSuchContainer(container);
    engine.store.unmount(record.id, force);
    return record.id;
  }
  requirePresent(engine, container);
  const isUp = container.isRunning;
  const count = engine.store.mountCount(container.id);
  if (!force) {
    if (count === 0) return container.id;
    if (count === 1 && isUp) throw new WrongState(`cannot unmount storage for container ${container.id} as it is running or paused`);
  }
  if (container.config.rootfs === undefined) engine.store.unmount(container.id, force && !isUp);
  else unmountContainer(engine, container);
  engine.events.writeContainerEvent(container, 'unmount');
  return container.id;
}

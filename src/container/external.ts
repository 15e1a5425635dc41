import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { ContainerRecord } from '../storage/store.ts';
import type { ContainerEngine } from './engine.ts';
import { NoStoredContainer } from './errors.ts';

/** Containers of the store that are not selkie's: buildah's working containers, podman's, CRI-O's. */
export function externalContainers(engine: ContainerEngine): ContainerRecord[] {
  const own = new Set(engine.state.list().map(({ id }) => id));
  return engine.store.containers.list().filter(({ id }) => !own.has(id));
}

/** Whether it is a working container of buildah. */
export function isBuildahContainer(engine: ContainerEngine, id: string): boolean {
  return existsSync(join(engine.paths.containersDir, id, 'userdata/buildah.json'));
}

/** Removes a container that only the store knows. @throws NoStoredContainer, SelkieError when it is mounted and not forced */
export function removeExternalContainer(engine: ContainerEngine, name: string, force: boolean): void {
  const { store } = engine;
  const record = store.containers.find(name);
  if (record === undefined) throw new NoStoredContainer(name);
  if (engine.state.get(record.id) !== undefined) {
    throw new SelkieError(`refusing to remove "${name}" as it exists in libpod as container ${record.id}: container already exists`);
  }
  if (store.mountCount(record.id) > 0) {
    if (!force) {
      throw new SelkieError(`container "${name}" is mounted and cannot be removed without using force: container state improper`, {
        exitCode: 2,
      });
    }
    store.unmount(record.id, true);
  }
  store.containers.remove(record.id);
}

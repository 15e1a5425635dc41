import { tarTree } from '../archive/tree-tar.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** The container's root as a tar, without what is mounted into it. */
export async function* exportContainer(engine: ContainerEngine, container: Container): AsyncGenerator<Uint8Array> {
  const { config } = container;
  const path = config.rootfs?.path ?? engine.store.mount(config.id);
  try {
    yield* tarTree(path);
    engine.events.writeContainerEvent(container, 'export');
  } finally {
    if (config.rootfs === undefined) engine.store.unmount(config.id);
  }
}

import { SelkieError } from '../errors.ts';
import type { ContainerEngine } from './engine.ts';
import { removeContainer } from './remove.ts';

/** Removes the containers that were made of an image; a pod goes with its infra container. @throws SelkieError */
export async function removeContainersOf(engine: ContainerEngine, imageId: string): Promise<void> {
  for (const { id, config } of engine.state.list()) {
    if (config.image.id !== imageId) continue;
    // What went with a pod before is gone already.
    const container = engine.state.get(id);
    if (container === undefined) continue;
    try {
      await removeContainer(engine, container, { force: true, depend: config.isInfra });
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      throw new SelkieError(`removing image ${imageId}: container ${id} using image could not be removed: ${error.message}`, {
        cause: error,
      });
    }
  }
}

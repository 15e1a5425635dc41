import { SelkieError } from '../errors.ts';
import type { ContainerEngine } from './engine.ts';
import { removeContainer } from './remove.ts';

/** Removes, by force, the containers made of an image. @throws SelkieError */
export async function removeContainersOfImage(engine: ContainerEngine, imageId: string): Promise<void> {
  for (const container of engine.state.list().filter(({ config }) => config.image.id === imageId)) {
    try {
      await removeContainer(engine, container, { force: true });
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      throw new SelkieError(`removing image ${imageId}: container ${container.id} using image could not be removed: ${cause.message}`, {
        cause,
      });
    }
  }
}

import type { ImageVolumeChoice } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { InvalidKube } from './errors.ts';

/** Volumes of images that an annotation has mounted into a container, each at its own path. @throws InvalidKube */
export function automounted(
  engine: ContainerEngine,
  container: string,
  annotations: Readonly<Record<string, string>>,
): ImageVolumeChoice[] {
  const names = annotations[`io.podman.annotations.kube.image.volumes.mount/${container}`];
  if (!names) return [];
  const volumes = new Map<string, ImageVolumeChoice>();
  for (const name of names.split(';')) {
    let image: ReturnType<typeof engine.images.lookup>;
    try {
      image = engine.images.lookup(name);
    } catch (error) {
      throw new InvalidKube(
        `image ${name} from container ${container} does not exist in local storage, cannot automount: ${(error as Error).message}`,
        { cause: error },
      );
    }
    for (const path of Object.keys(image.config().Volumes ?? {}))
      volumes.set(path, { source: image.id, destination: path, readWrite: false, subPath: path });
  }
  return [...volumes.values()];
}

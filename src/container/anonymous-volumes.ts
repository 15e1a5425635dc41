import { debug } from '../diagnostics.ts';
import { volumesOf, volumeUsers } from './container-volumes.ts';
import type { ContainerEngine } from './engine.ts';

/** Removes volumes that nobody named and no container uses any more; one that somebody uses, or that is gone, is passed over. */
export function removeAnonymousVolumes(engine: ContainerEngine, names: readonly string[]): void {
  const volumes = volumesOf(engine);
  for (const name of names) {
    if (!volumes.get(name)?.anonymous || volumeUsers(engine, name).length > 0) continue;
    try {
      volumes.remove(name, []);
      engine.events.writeEvent('volume', 'remove', { Name: name });
    } catch (error) {
      debug(`Removing anonymous volume ${name}: ${(error as Error).message}`);
    }
  }
}

import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** What a container has its pod do: pods are made of containers and stand above them, so this is given to the engine from there. */
export interface PodHooks {
  /** Removes the pod with all its containers. @returns their IDs */
  remove(engine: ContainerEngine, podId: string, options: { force?: boolean; timeout?: number }): Promise<string[]>;
  /** Removes pods of which nothing runs any more. */
  prune(engine: ContainerEngine): Promise<{ id: string; error?: Error }[]>;
  /** A container of a pod has ended and is cleaned up, or is gone. No lock may be held. */
  containerEnded(engine: ContainerEngine, container: Container): Promise<void>;
}

/** Lets the pod know, where there is one, that a container of it has ended. */
export async function tellPod(engine: ContainerEngine, container: Container): Promise<void> {
  if (container.config.pod !== undefined && !container.config.isInfra) await engine.pods?.().containerEnded(engine, container);
}

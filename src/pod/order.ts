import type { Container } from '../container/container.ts';
import { SelkieError } from '../errors.ts';
import type { ContainerFailure } from './errors.ts';

/** Whether a container is done before or after those that it depends on. */
type Direction = 'dependencies first' | 'dependents first';

/**
 * Does something to all containers of a pod, those at once that do not wait for one another. What waits for a container that failed
 * fails too, with `unreached`'s text. Containers that depend on each other in a circle are done last, in no order.
 */
export async function inOrder(
  containers: readonly Container[],
  direction: Direction,
  work: (container: Container) => Promise<void>,
  unreached: (container: Container) => SelkieError,
): Promise<ContainerFailure[]> {
  const failures = new Map<string, SelkieError>();
  const left = new Map(containers.map((container) => [container.id, container]));
  const awaited = waitsFor(containers, direction);
  while (left.size > 0) {
    let ready = [...left.values()].filter(({ id }) => awaited.get(id)!.every((other) => !left.has(other)));
    if (ready.length === 0) ready = [...left.values()];
    await Promise.all(
      ready.map(async (container) => {
        try {
          if (awaited.get(container.id)!.some((id) => failures.has(id))) throw unreached(container);
          await work(container);
        } catch (error) {
          if (!(error instanceof SelkieError)) throw error;
          failures.set(container.id, error);
        }
      }),
    );
    for (const { id } of ready) left.delete(id);
  }
  return [...failures].map(([id, error]) => ({ id, error }));
}

/** For each container the others that have to be done before it. */
function waitsFor(containers: readonly Container[], direction: Direction): Map<string, string[]> {
  const members = new Set(containers.map(({ id }) => id));
  const awaited = new Map<string, string[]>(containers.map(({ id }) => [id, []]));
  for (const { id, config } of containers) {
    for (const dependency of config.dependencies) {
      if (!members.has(dependency)) continue;
      if (direction === 'dependencies first') awaited.get(id)!.push(dependency);
      else awaited.get(dependency)!.push(id);
    }
  }
  return awaited;
}

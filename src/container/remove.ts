import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { SelkieError } from '../errors.ts';
import { cleanupContainer } from './cleanup.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { HasDependents } from './errors.ts';
import { clearExit } from './exit-file.ts';
import { tellPod } from './pod-hooks.ts';
import { stopLocked } from './stop.ts';
import { syncState } from './sync-state.ts';
import { endUnfinishedStart } from './unfinished-start.ts';

export interface RemoveOptions {
  force?: boolean;
  /** Anonymous volumes go too. */
  volumes?: boolean;
  /** Seconds to wait before a running container is killed (with `force`). */
  timeout?: number;
  /** Containers that depend on it go first. */
  depend?: boolean;
  /** Its pod is being removed: infra containers may go, and dependents within the pod do not count. */
  removingPod?: boolean;
}

/** Removes a container; one that is gone already is as good. @returns the IDs that were removed, its own last @throws SelkieError */
export async function removeContainer(engine: ContainerEngine, container: Container, options: RemoveOptions = {}): Promise<string[]> {
  const removed: string[] = [];
  const pod = podOfInfra(engine, container, options);
  if (pod !== undefined) {
    if (!options.depend) {
      throw new SelkieError(
        `container ${container.id} is the infra container of pod ${pod} and cannot be removed without removing the pod`,
      );
    }
    return (await engine.pods?.().remove(engine, pod, options)) ?? [];
  }
  refuseService(engine, container);
  const dependents = engine.state.dependents(container.id).filter((id) => engine.state.get(id) !== undefined);
  if (dependents.length > 0 && !options.removingPod) {
    if (!options.depend) throw new HasDependents(container.id, dependents);
    for (const id of dependents) {
      const dependent = engine.state.get(id);
      if (dependent !== undefined) removed.push(...(await removeContainer(engine, dependent, options)));
    }
  }
  await engine.locks.with(container.id, async () => {
    if (!engine.state.refresh(container)) return;
    await removeLocked(engine, container, options);
  });
  if (!options.removingPod) await tellPod(engine, container);
  removed.push(container.id);
  return removed;
}

/** As `removeContainer`, with the lock held and the state fresh. */
export async function removeLocked(engine: ContainerEngine, container: Container, options: RemoveOptions = {}): Promise<void> {
  syncState(engine, container);
  const { config, state } = container;
  if (state.status === 'paused' && options.force) {
    const { unpauseLocked } = await import('./pause.ts');
    await unpauseLocked(engine, container);
  }
  if (container.isRunning) {
    if (!options.force) {
      throw new SelkieError(
        `cannot remove container ${config.id} as it is ${state.status} - running or paused containers cannot be removed without force: container state improper`,
      );
    }
    await stopLocked(engine, container, options.timeout ?? config.stopTimeout);
  }
  if (state.status === 'configured' || state.status === 'exited') await endUnfinishedStart(engine, container);
  const takeAway = (): void => {
    state.status = 'removing';
    // From here on there is no way back: the next `rm` goes on where a killed one has stopped.
    engine.state.saveState(container);
    clearExit(engine, config.id);
    removeFiles(engine, container);
  };
  await cleanupContainer(engine, container, { removing: true, meanwhile: takeAway });
  engine.state.removeContainer(config.id);
  if (config.facts.cidFile !== '') rmSync(config.facts.cidFile, { force: true });
  engine.events.writeContainerEvent(container, 'remove', { exitCode: state.exited ? state.exitCode : undefined });
  await removeVolumes(engine, container, options);
}

function removeFiles(engine: ContainerEngine, { config }: Container): void {
  const { store } = engine;
  // A container with a root of its own has a record and a layer like any other.
  if (config.rootfs === undefined) store.unmount(config.id, true);
  if (store.containers.find(config.id) !== undefined) store.containers.remove(config.id);
  rmSync(dirname(config.staticDir), { recursive: true, force: true });
  rmSync(dirname(config.runDir), { recursive: true, force: true });
}

async function removeVolumes(engine: ContainerEngine, { config }: Container, options: RemoveOptions): Promise<void> {
  if (!options.volumes && !config.autoRemove) return;
  const anonymous = config.namedVolumes.filter((volume) => volume.anonymous);
  if (anonymous.length === 0) return;
  const { volumesOf, volumeUsers } = await import('./container-volumes.ts');
  const volumes = volumesOf(engine);
  for (const { name } of anonymous) {
    if (volumes.get(name) === undefined || volumeUsers(engine, name).length > 0) continue;
    volumes.remove(name, []);
  }
}

/** The pod that stands and falls with this container; undefined where it is none's infra container, or the pod is going. */
function podOfInfra(engine: ContainerEngine, { config }: Container, { removingPod }: RemoveOptions): string | undefined {
  if (!config.isInfra || config.pod === undefined || removingPod) return undefined;
  return engine.state.document('pod', config.pod) === undefined ? undefined : config.pod;
}

/** The container of a service stays as long as one of its pods. */
function refuseService(engine: ContainerEngine, { config }: Container): void {
  if (!config.isService) return;
  const pods = engine.state.documents<{ serviceContainer?: string }>('pod').filter(({ value }) => value.serviceContainer === config.id);
  if (pods.length === 0) return;
  const ids = pods.map(({ key }) => key).join(',');
  throw new SelkieError(
    `container ${config.id} is the service container of pod(s) ${ids} and cannot be removed without removing the pod(s)`,
  );
}

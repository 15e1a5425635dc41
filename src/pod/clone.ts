import { nowText } from '../container/clock.ts';
import { cloneContainer } from '../container/clone.ts';
import type { Container, ContainerConfig } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { OciResources } from '../container/oci-spec.ts';
import { randomId } from '../storage/ids.ts';
import { makePodCgroup, podCgroup } from './cgroup.ts';
import { addPod, containersOf, isPodName, type Pod, savePod } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { removePod } from './remove.ts';

export interface ClonePodOptions {
  /** Without one it is the original's with `-clone` after it. */
  name?: string;
  infraName?: string;
  hostname?: string;
  /** Added to the original's. */
  labels?: Record<string, string>;
  cgroupParent?: string;
  /** In place of the original's where given. */
  resources?: OciResources;
  restart?: { policy: string; retries: number };
  /** Further settings of the infra container. */
  adaptInfra?: (config: ContainerConfig) => void;
}

/** Makes a pod like another, its containers included: each with a fresh layer, none running. @throws SelkieError */
export async function clonePod(engine: ContainerEngine, original: Pod, options: ClonePodOptions): Promise<Pod> {
  const id = randomId();
  const { cpu, memory, blockIO } = options.resources ?? {};
  const pod: Pod = {
    ...structuredClone(original),
    id,
    name: options.name || cloneName(engine, original.name),
    created: nowText(),
    hostname: options.hostname ?? '',
    labels: { ...original.labels, ...options.labels },
    infraId: '',
    ...podCgroup(engine, id, options.cgroupParent ?? original.cgroupParent, original.sharesCgroup),
    resources: {
      ...original.resources,
      cpu: { ...original.resources.cpu, ...cpu },
      memory: { ...original.resources.memory, ...memory },
      blockIO: { ...original.resources.blockIO, ...blockIO },
    },
    ...(options.restart ? { restartPolicy: options.restart.policy, restartRetries: options.restart.retries } : {}),
  };
  addPod(engine, pod);
  try {
    makePodCgroup(engine, pod);
    const ids = new Map([[original.id, pod.id]]);
    for (const container of containersOf(engine, original)) {
      const clone = cloneMember(engine, container, pod, ids, options);
      ids.set(container.id, clone.id);
      if (container.id !== original.infraId) continue;
      pod.infraId = clone.id;
      savePod(engine, pod);
    }
  } catch (error) {
    await removePod(engine, pod, { force: true });
    throw error;
  }
  writePodEvent(engine, pod, 'create');
  return pod;
}

function cloneMember(
  engine: ContainerEngine,
  container: Container,
  pod: Pod,
  ids: ReadonlyMap<string, string>,
  options: ClonePodOptions,
): Container {
  if (!container.config.isInfra) return cloneContainer(engine, container, { ids, adapt: (config) => placeBelow(config, pod) });
  return cloneContainer(engine, container, {
    name: options.infraName || `${pod.id.slice(0, 12)}-infra`,
    ids,
    adapt: (config) => {
      placeBelow(config, pod);
      if (config.spec.hostname) rename(config, pod.hostname || pod.name);
      options.adaptInfra?.(config);
    },
  });
}

function placeBelow(config: ContainerConfig, pod: Pod): void {
  if (config.cgroupParent !== '' && pod.cgroupPath !== '') config.cgroupParent = pod.cgroupPath;
}

/** An infra container has the name of its pod as its host's. */
function rename(config: ContainerConfig, hostname: string): void {
  const before = config.hostname;
  config.hostname = hostname;
  config.spec.hostname = hostname;
  const { process } = config.spec;
  if (process?.env) process.env = process.env.map((entry) => (entry === `HOSTNAME=${before}` ? `HOSTNAME=${hostname}` : entry));
  for (const { options } of config.network.networks) {
    if (options.aliases) options.aliases = options.aliases.map((alias) => (alias === before ? hostname : alias));
  }
}

function cloneName(engine: ContainerEngine, name: string): string {
  const base = /^(.*-clone)\d*$/.exec(name)?.[1] ?? `${name}-clone`;
  if (!isPodName(engine, base)) return base;
  for (let number = 1; ; number++) if (!isPodName(engine, `${base}${number}`)) return `${base}${number}`;
}

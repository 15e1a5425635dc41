import type { Container } from '../container/container.ts';
import { podmanStatus } from '../container/container.ts';
import type { CreateOptions, PodMembership } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { OciResources } from '../container/oci-spec.ts';
import { seeState } from '../container/sync-state.ts';
import { instantOf } from '../image/instant.ts';
import { AmbiguousPodId, NoPods, NoSuchPod, PodNameInUse } from './errors.ts';

/** A pod as the state database has it: a document of the kind `pod`, by its ID. It changes only while the pod's lock is held. */
export interface Pod {
  id: string;
  name: string;
  /** RFC 3339 with nanoseconds. */
  created: string;
  /** As it was asked for; the infra container has the pod's name where this is empty. */
  hostname: string;
  labels: Record<string, string>;
  createCommand: string[];
  exitPolicy: 'continue' | 'stop';
  restartPolicy: string;
  restartRetries: number;
  shares: PodMembership['shares'];
  /** Whether it has an infra container, even while that is being made. */
  hasInfra: boolean;
  infraId: string;
  cgroupParent: string;
  /** Empty where the pod has no cgroup of its own. */
  cgroupPath: string;
  /** Whether the cgroups of its containers are below its own. */
  sharesCgroup: boolean;
  /** Limits of the pod's cgroup: all of its containers together. */
  resources: OciResources;
  volumesFrom: string[];
  /** What its containers get unless they ask for something else. */
  inherited?: Pick<CreateOptions, 'devices' | 'noNewPrivileges' | 'apparmorProfile' | 'seccompProfile' | 'shmSizeSystemd'>;
  /** The container that stands for it in a service unit. */
  serviceContainer?: string;
  /** What inspect calls LockNumber. */
  number: number;
}

const kind = 'pod';
const names = 'pod-name';

/** Enters a new pod. Pods and containers may have the same names. @throws PodNameInUse */
export function addPod({ state }: ContainerEngine, pod: Pod): void {
  state.transaction(() => {
    if (!state.addDocument(names, pod.name, pod.id)) throw new PodNameInUse(pod.name);
    pod.number = state.documents(kind).length + 1;
    state.putDocument(kind, pod.id, pod);
  });
}

export function savePod({ state }: ContainerEngine, pod: Pod): void {
  state.putDocument(kind, pod.id, pod);
}

export function forgetPod({ state }: ContainerEngine, pod: Pod): void {
  state.transaction(() => {
    state.removeDocument(kind, pod.id);
    state.removeDocument(names, pod.name);
  });
}

export const getPod = ({ state }: ContainerEngine, id: string): Pod | undefined => state.document<Pod>(kind, id);

/** All pods, oldest first. */
export function listPods({ state }: ContainerEngine): Pod[] {
  return state
    .documents<Pod>(kind)
    .map(({ value }) => value)
    .sort((one, other) => (instantOf(one.created) < instantOf(other.created) ? -1 : 1));
}

/** By name, ID, or the unique beginning of an ID. @throws NoSuchPod AmbiguousPodId */
export function lookupPod(engine: ContainerEngine, nameOrId: string): Pod {
  const named = engine.state.document<string>(names, nameOrId);
  const exact = getPod(engine, named ?? nameOrId);
  if (exact !== undefined) return exact;
  const matches = nameOrId === '' ? [] : listPods(engine).filter(({ id }) => id.startsWith(nameOrId));
  if (matches.length > 1) throw new AmbiguousPodId(nameOrId);
  if (matches[0] === undefined) throw new NoSuchPod(nameOrId);
  return matches[0];
}

/** The newest. @throws NoPods */
export function latestPod(engine: ContainerEngine): Pod {
  const newest = listPods(engine).at(-1);
  if (newest === undefined) throw new NoPods();
  return newest;
}

/** Whether a pod has this name. */
export const isPodName = ({ state }: ContainerEngine, name: string): boolean => state.document(names, name) !== undefined;

/** Its containers, oldest first, with states as they are now. */
export function containersOf(engine: ContainerEngine, pod: Pod): Container[] {
  const containers = engine.state.inPod(pod.id);
  for (const container of containers) seeState(engine, container);
  return containers;
}

export type PodStatus = 'Created' | 'Running' | 'Degraded' | 'Paused' | 'Exited' | 'Stopped' | 'Error';

/** What a pod's containers are doing, in a word; init containers do not count. */
export function podStatus(containers: readonly Container[]): PodStatus {
  const states = containers.filter(({ config }) => config.initContainerType === undefined).map(({ state }) => podmanStatus(state.status));
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
  if (states.length === 0) return 'Created';
  const running = count('running');
  const ended = count('exited', 'stopped');
  if (running === states.length) return 'Running';
  if (running > 0) return 'Degraded';
  if (count('paused') === states.length) return 'Paused';
  if (ended === states.length) return 'Exited';
  if (ended > 0) return 'Stopped';
  return count('paused', 'created', 'initialized') < states.length ? 'Error' : 'Created';
}

import type { ContainerConfig } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { infraOf } from './membership.ts';
import type { Pod } from './pod.ts';

const kinds = { ipc: 'IPC', pid: 'PID', uts: 'UTS', cgroup: 'cgroup' } as const;

/** Turns what a member of some pod was saved with into settings of a member of this one, which has to share the same. @throws SelkieError */
export function restoreInto(engine: ContainerEngine, pod: Pod, config: ContainerConfig): void {
  const infra = infraOf(engine, pod);
  if (infra === undefined) throw new SelkieError(`cannot retrieve infra container from pod ${JSON.stringify(pod.name)}: no such container`);
  const { id } = infra;
  const before = config.pod;
  config.pod = pod.id;
  config.dependencies = [id];
  for (const kind of ['ipc', 'pid', 'uts', 'cgroup'] as const) {
    if (config.namespaces[kind].kind !== 'container') continue;
    if (!pod.shares[kind]) throw new SelkieError(`pod ${pod.id} does not share the ${kinds[kind]} namespace`);
    config.namespaces[kind] = { kind: 'container', container: id, text: `container:${id}` };
  }
  if (config.namespaces.ipc.kind === 'container' && infra.config.shmDir !== undefined) config.shmDir = infra.config.shmDir;
  if (config.network.sharedWith !== undefined) {
    if (!pod.shares.net) throw new SelkieError(`pod ${pod.id} does not share the network namespace`);
    config.network = { ...config.network, mode: `container:${id}`, sharedWith: id };
  }
  config.mountLabel = infra.config.mountLabel;
  config.processLabel = infra.config.processLabel;
  if (pod.cgroupPath !== '') config.cgroupParent = pod.cgroupPath;
  config.spec.annotations = { ...config.spec.annotations, 'io.kubernetes.cri-o.SandboxID': id };
  config.createCommand = config.createCommand.map((word) => (word === before ? pod.id : word));
}

import type { Container, ContainerConfig } from '../container/container.ts';
import type { CreateOptions, PodMembership } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { Pod } from './pod.ts';

/** The pod as a container that joins it sees it. */
export function membershipOf(engine: ContainerEngine, pod: Pod): PodMembership {
  const infra = infraOf(engine, pod);
  return {
    id: pod.id,
    name: pod.name,
    ...(infra ? { infraId: infra.id, hostname: infra.config.hostname, hostNetwork: infra.config.network.mode === 'host' } : {}),
    shares: pod.shares,
    ...(pod.sharesCgroup && pod.cgroupPath !== '' ? { cgroupParent: pod.cgroupPath } : {}),
    ...(pod.restartPolicy === '' ? {} : { restartPolicy: pod.restartPolicy, restartRetries: pod.restartRetries }),
  };
}

export const infraOf = (engine: ContainerEngine, pod: Pod): Container | undefined =>
  pod.infraId === '' ? undefined : engine.state.get(pod.infraId);

/** Makes a container that is to be created a member: it joins the pod and has its volumes, devices and security options. */
export function joinPod(engine: ContainerEngine, pod: Pod, options: CreateOptions): void {
  options.pod = membershipOf(engine, pod);
  const infra = infraOf(engine, pod);
  if (infra === undefined) return;
  const { config } = infra;
  if (pod.shares.user && config.user !== '') options.user ??= config.user;
  const given = new Set(config.userVolumes);
  const rest = [...config.namedVolumes, ...config.overlayVolumes, ...config.imageVolumes];
  for (const { destination } of rest) given.delete(destination);
  options.mounts = [...(config.spec.mounts ?? []).filter(({ destination }) => given.has(destination)), ...(options.mounts ?? [])];
  options.volumes = [...config.namedVolumes.map((volume) => ({ ...volume })), ...(options.volumes ?? [])];
  options.overlayVolumes = [...config.overlayVolumes, ...(options.overlayVolumes ?? [])];
  options.imageVolumes = [...config.imageVolumes, ...(options.imageVolumes ?? [])];
  const { inherited = {} } = pod;
  options.devices = [...(inherited.devices ?? []), ...(options.devices ?? [])];
  if (config.shmSize > 0) options.shmSize ??= config.shmSize;
  options.noNewPrivileges ||= inherited.noNewPrivileges ?? false;
  for (const name of ['apparmorProfile', 'seccompProfile', 'shmSizeSystemd'] as const) {
    if (options[name] === undefined || options[name] === '') Object.assign(options, { [name]: inherited[name] });
  }
}

/** Turns the settings of a container that is cloned into those of a member of the pod. */
export function adopt(engine: ContainerEngine, pod: Pod, config: ContainerConfig): void {
  config.pod = pod.id;
  if (pod.sharesCgroup && pod.cgroupPath !== '') config.cgroupParent = pod.cgroupPath;
  const infra = infraOf(engine, pod);
  config.spec.annotations = { ...config.spec.annotations, 'io.kubernetes.cri-o.SandboxID': infra?.id ?? pod.id };
  if (infra === undefined) return;
  const { id } = infra;
  config.dependencies = [...new Set([...config.dependencies, id])];
  for (const kind of ['pid', 'ipc', 'uts', 'cgroup'] as const) {
    if (pod.shares[kind]) config.namespaces[kind] = { kind: 'container', container: id, text: `container:${id}` };
  }
  if (pod.shares.uts) {
    config.hostname = infra.config.hostname;
    config.spec.hostname = infra.config.hostname;
  }
  if (pod.shares.ipc) {
    config.shmSize = 0;
    if (infra.config.shmDir !== undefined) config.shmDir = infra.config.shmDir;
  }
  if (pod.shares.net) {
    const { networks, portMappings } = config.network;
    if (networks.length > 0) {
      warn("resetting network config, cannot specify a network other than the pod's when sharing the net namespace");
      warn('At least one namespace was reset to the default configuration');
    }
    if (portMappings.length > 0)
      throw new SelkieError(
        'invalid config provided: published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod',
      );
    const { sysctl = {} } = config.spec.linux ?? {};
    // They are the infra container's to set.
    for (const name of Object.keys(sysctl)) if (name.startsWith('net.')) delete sysctl[name];
    config.network = {
      ...config.network,
      mode: `container:${id}`,
      sharedWith: id,
      createNamespace: false,
      networks: [],
      modeOptions: [],
      portMappings: [],
    };
  }
}

import type { ContainerEngine } from '../container/engine.ts';
import { containerSpec, present } from '../container/generate-spec.ts';
import type { OciResources } from '../container/oci-spec.ts';
import { infraOf } from './membership.ts';
import type { Pod } from './pod.ts';

/** A pod in the terms of podman's PodSpecGenerator: what it shares with the specification of its infra container. */
export function podSpec(engine: ContainerEngine, pod: Pod): Record<string, unknown> {
  const infra = infraOf(engine, pod);
  const none = { ipcns: {}, pidns: {}, userns: {}, utsns: {}, netns: {}, Networks: null };
  const spec: Record<string, unknown> = infra === undefined ? none : containerSpec(engine, infra);
  return present({
    name: pod.name,
    labels: spec['labels'],
    infra_image: spec['image'],
    ipcns: spec['ipcns'],
    restart_policy: spec['restart_policy'],
    pidns: spec['pidns'],
    userns: spec['userns'],
    utsns: spec['utsns'],
    netns: spec['netns'],
    portmappings: spec['portmappings'],
    Networks: spec['Networks'],
    network_options: spec['network_options'],
    resource_limits: infra && limitsOf(spec['resource_limits'] as OciResources | undefined),
    mounts: spec['mounts'],
    volumes: spec['volumes'],
    overlay_volumes: spec['overlay_volumes'],
    image_volumes: spec['image_volumes'],
    ...(infra ? { shm_size: spec['shm_size'], shm_size_systemd: spec['shm_size_systemd'], idmappings: spec['idmappings'] } : {}),
  });
}

/** podman reads the infra container's limits twice, the second time as flags, of which the swappiness has a value where it was not given. */
function limitsOf({ devices = [], memory, ...others }: OciResources = {}): OciResources {
  return { devices: [...devices, ...devices], memory: { ...memory, swappiness: memory?.swappiness ?? 0 }, ...others };
}

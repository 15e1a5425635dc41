import { stringify } from 'yaml';
import type { Container } from '../container/container.ts';
import { volumesOf } from '../container/container-volumes.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { NoSuchPod } from '../pod/errors.ts';
import { containersOf, lookupPod, type Pod } from '../pod/pod.ts';
import { NoSuchVolume, type VolumeRecord } from '../volume/volume.ts';
import { claimOf } from './claims.ts';
import { InvalidKube } from './errors.ts';
import { type GeneratedPod, podOfContainers, podOfPod } from './generate-pod.ts';
import { workloadOf } from './generate-workload.ts';

export interface GenerateOptions {
  /** pod, deployment, daemonset or job. */
  type: string;
  replicas: number;
  /** A Service for the ports too. */
  service: boolean;
  /** Annotations that only podman understands too. */
  podmanOnly: boolean;
  version: string;
}

/** YAML for Kubernetes that describes containers (together as one pod), pods and volumes. @throws InvalidKube */
export function generateKube(engine: ContainerEngine, names: readonly string[], options: GenerateOptions): string {
  if (options.replicas > 1 && options.type !== 'deployment')
    throw new InvalidKube('--replicas can only be set when --type is set to deployment');
  if (options.replicas < 1) throw new InvalidKube('--replicas has to be greater than or equal to 1. By default, --replicas is set to 1');
  const { containers, pods, volumes } = find(engine, names);
  const parts: string[] = [];
  if (pods.some(({ shares }) => !shares.ipc || !shares.net || !shares.uts)) parts.push(namespaceNote);
  parts.push(...volumes.map((volume) => toYaml(claimOf(volume))));
  const made: GeneratedPod[] = pods.map((pod) => podOfPod(engine, pod, options));
  const workloads = made.map((pod) => toYaml(workloadOf(pod, options)));
  if (options.service) parts.push(...made.map((pod) => toYaml(serviceOf(pod))));
  if (containers.length > 0) {
    const pod = podOfContainers(engine, containers, options);
    if (pod.spec.volumes) parts.push(volumeNote);
    workloads.push(toYaml(workloadOf(pod, options)));
    if (options.service) parts.push(toYaml(serviceOf(pod)));
  }
  return `${header(options.version)}${[...parts, ...workloads].join('---\n')}`;
}

const header = (version: string): string => `# Save the output of this file and use kubectl create -f to import
# it into Kubernetes.
#
# Created with podman-${version}
`;

const namespaceNote = `
# NOTE: The namespace sharing for a pod has been modified by the user and is not the same as the
# default settings for kubernetes. This can lead to unexpected behavior when running the generated
# kube yaml in a kubernetes cluster.
`;

const volumeNote = `
# NOTE: If you generated this yaml from an unprivileged and rootless podman container on an SELinux
# enabled system, check the podman generate kube man page for steps to follow to ensure that your pod/container
# has the right permissions to access the volumes added.
`;

const toYaml = (value: object): string =>
  stringify(value, { version: '1.1', sortMapEntries: true, indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false });

/** Containers, pods and volumes by the names given. @throws InvalidKube */
function find(engine: ContainerEngine, names: readonly string[]): { containers: Container[]; pods: Pod[]; volumes: VolumeRecord[] } {
  const found = { containers: [] as Container[], pods: [] as Pod[], volumes: [] as VolumeRecord[] };
  for (const name of names) {
    const container = engine.state.find(name);
    if (container !== undefined) {
      if (container.config.pod !== undefined)
        throw new InvalidKube(`container ${container.id} is associated with pod ${container.config.pod}: use generate on the pod itself`);
      found.containers.push(container);
      continue;
    }
    const pod = podNamed(engine, name);
    if (pod !== undefined) {
      checkPod(engine, pod);
      found.pods.push(pod);
      continue;
    }
    found.volumes.push(volumeNamed(engine, name));
  }
  return found;
}

function podNamed(engine: ContainerEngine, name: string): Pod | undefined {
  try {
    return lookupPod(engine, name);
  } catch (error) {
    if (!(error instanceof NoSuchPod)) throw error;
    return undefined;
  }
}

function volumeNamed(engine: ContainerEngine, name: string): VolumeRecord {
  try {
    return volumesOf(engine).lookup(name);
  } catch (error) {
    if (!(error instanceof NoSuchVolume)) throw error;
    throw new InvalidKube(`name or ID ${JSON.stringify(name)} not found`, { cause: error });
  }
}

function checkPod(engine: ContainerEngine, pod: Pod): void {
  const containers = containersOf(engine, pod);
  if (containers.length === 0) throw new InvalidKube(`pod ${pod.id} has no containers`);
  if (containers.length === 1 && pod.hasInfra) throw new InvalidKube(`pod ${pod.id} only has an infra container`);
}

/** A Service that leads to the pod's ports, on ports of the nodes drawn by lot. */
function serviceOf({ apiVersion, metadata, spec, ports }: GeneratedPod): object {
  const { annotations: _, ...rest } = metadata;
  const taken = new Set<number>();
  const nodePort = (): number => {
    for (;;) {
      const port = 30_000 + Math.floor(Math.random() * 2768);
      if (!taken.has(port)) {
        taken.add(port);
        return port;
      }
    }
  };
  const wanted = ports ?? spec.containers.flatMap((container) => container.ports ?? []);
  return {
    apiVersion,
    kind: 'Service',
    metadata: rest,
    spec: {
      ports: wanted.map(({ containerPort, protocol }) => ({
        name: String(containerPort),
        nodePort: nodePort(),
        port: containerPort,
        ...(protocol ? { protocol } : {}),
        targetPort: containerPort,
      })),
      selector: { app: metadata.labels['app'] },
      type: 'NodePort',
    },
  };
}

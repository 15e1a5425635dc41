import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { parseUlimits } from '../container/options/ulimits.ts';
import { infraOf } from '../pod/membership.ts';
import { containersOf, type Pod } from '../pod/pod.ts';
import { InvalidKube } from './errors.ts';
import { containerPorts, type DnsConfig, type GeneratedContainer, type GeneratedPort, generateContainer } from './generate-container.ts';

/** A pod as it is written: fields that are empty are left out. */
export interface GeneratedPod {
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: { annotations?: Record<string, string>; creationTimestamp: string; labels: Record<string, string>; name: string };
  spec: {
    containers: GeneratedContainer[];
    initContainers?: GeneratedContainer[];
    restartPolicy?: string;
    volumes?: object[];
    [field: string]: unknown;
  };
  /** The pod's own, where its containers share them. */
  ports?: GeneratedPort[];
}

interface PodFacts {
  service: boolean;
  podmanOnly: boolean;
}

/** Kubernetes knows no underscores. */
const plainName = (name: string): string => name.replaceAll('_', '');

/** Containers that belong to no pod, as one. */
export function podOfContainers(engine: ContainerEngine, containers: readonly Container[], facts: PodFacts): GeneratedPod {
  const parts = collect(engine, containers, facts);
  for (const { config } of containers) Object.assign(parts.annotations, ulimitsOf(engine, config));
  const policy = containers.find(({ config }) => config.initContainerType === undefined)?.config.restartPolicy ?? '';
  return assemble(`${plainName(containers[0]!.name)}-pod`, parts, {
    hostname: containers.find(({ config }) => !config.id.includes(config.hostname))?.config.hostname,
    hostNetwork: containers.every(({ config }) => config.network.mode === 'host'),
    hostUsers: containers.every(({ config }) => config.idMappings === undefined),
    restartPolicy: policyOf(policy),
  });
}

/** A pod with its containers. @throws InvalidKube */
export function podOfPod(engine: ContainerEngine, pod: Pod, facts: PodFacts): GeneratedPod {
  const infra = infraOf(engine, pod);
  const members = containersOf(engine, pod).filter(({ config }) => !config.isInfra);
  const parts = collect(engine, members, facts);
  const ports = infra ? containerPorts(infra.config.network.portMappings, facts.service) : [];
  if (infra) {
    parts.dns = generateContainer(engine, infra, facts.service).dns;
    const userns = infra.config.spec.annotations?.['io.podman.annotations.userns'];
    if (userns !== undefined) parts.annotations['io.podman.annotations.userns'] = userns;
    if (infra.name !== `${pod.id.slice(0, 12)}-infra`) parts.annotations['io.podman.annotations.infra.name'] = infra.name;
  }
  if (pod.shares.net) sharePorts(parts, ports);
  const generated = assemble(plainName(pod.name), parts, {
    hostname: members.find(({ config }) => !config.id.includes(config.hostname) && config.hostname !== pod.name)?.config.hostname,
    hostNetwork: infra?.config.network.mode === 'host',
    hostUsers: infra?.config.idMappings === undefined,
    restartPolicy: policyOf(pod.restartPolicy),
    hostAliases: (infra?.config.network.addedHosts ?? []).map(hostAlias),
    ...(pod.shares.pid ? { shareProcessNamespace: true } : {}),
  });
  return { ...generated, ports };
}

/** The ports of a pod are written to its first container. */
function sharePorts({ containers, initContainers }: Parts, ports: GeneratedPort[]): void {
  for (const container of [...initContainers, ...containers]) delete container.ports;
  const first = containers[0] ?? initContainers[0];
  if (first && ports.length > 0) first.ports = ports;
}

function hostAlias(entry: string): object {
  const colon = entry.indexOf(':');
  if (colon < 0) throw new InvalidKube('invalid hostAdd');
  return { ip: entry.slice(colon + 1), hostnames: [entry.slice(0, colon)] };
}

interface Parts {
  containers: GeneratedContainer[];
  initContainers: GeneratedContainer[];
  volumes: Map<string, object>;
  annotations: Record<string, string>;
  dns: DnsConfig;
  stopTimeout: number | undefined;
}

const reserved = ['cid-file', 'autoremove', 'privileged', 'publish-all', 'init', 'label', 'seccomp', 'apparmor', 'volumes-from'];

function collect(engine: ContainerEngine, containers: readonly Container[], { service, podmanOnly }: PodFacts): Parts {
  const parts: Parts = { containers: [], initContainers: [], volumes: new Map(), annotations: {}, dns: {}, stopTimeout: undefined };
  for (const container of containers) {
    const { config } = container;
    const name = plainName(container.name);
    for (const [key, value] of Object.entries(config.spec.annotations ?? {})) {
      if (podmanOnly || !reserved.some((word) => key === `io.podman.annotations.${word}`)) parts.annotations[`${key}/${name}`] = value;
    }
    for (const [key, value] of Object.entries(config.labels)) {
      if (key.includes('io.containers.autoupdate')) parts.annotations[`${key}/${name}`] = value;
    }
    if (config.stopTimeout !== engine.conf.engine.stop_timeout) parts.stopTimeout ??= config.stopTimeout;
    const generated = generateContainer(engine, container, service);
    for (const [source, label] of generated.labelled) parts.annotations['bind-mount-options'] = `${source}:${label}`;
    const isInit = config.initContainerType !== undefined;
    (isInit ? parts.initContainers : parts.containers).push(
      isInit ? { ...generated.container, resources: generated.container.resources ?? {} } : generated.container,
    );
    for (const [volume, source] of generated.volumes) parts.volumes.set(volume, source);
    parts.dns = mergeDns(parts.dns, generated.dns);
  }
  return parts;
}

function mergeDns(one: DnsConfig, other: DnsConfig): DnsConfig {
  const joined = <T>(a: T[] = [], b: T[] = []): T[] => [...new Set([...a, ...b])];
  return {
    nameservers: joined(one.nameservers, other.nameservers),
    searches: joined(one.searches, other.searches),
    options: [...(one.options ?? []), ...(other.options ?? [])],
  };
}

function ulimitsOf(engine: ContainerEngine, config: Container['config']): Record<string, string> {
  const text = (type: string, soft: number, hard: number) => `${type.toLowerCase().replace('rlimit_', '')}=${soft}:${hard}`;
  const usual = new Set(parseUlimits(engine.conf.containers.default_ulimits).map(({ type, soft, hard }) => text(type, soft, hard)));
  const own = (config.spec.process?.rlimits ?? [])
    .map(({ type, soft, hard }) => text(type, soft, hard))
    .filter((limit) => !usual.has(limit));
  return own.length > 0 ? { 'io.podman.annotations.ulimit': own.join(',') } : {};
}

function policyOf(policy: string): string | undefined {
  const policies: Record<string, string> = { no: 'Never', always: 'Always', 'on-failure': 'OnFailure' };
  return policies[policy];
}

interface SpecFacts {
  hostname: string | undefined;
  hostNetwork: boolean;
  hostUsers: boolean;
  restartPolicy: string | undefined;
  hostAliases?: object[];
  shareProcessNamespace?: boolean;
}

function assemble(name: string, parts: Parts, facts: SpecFacts): GeneratedPod {
  const { containers, initContainers, volumes, annotations, dns, stopTimeout } = parts;
  const dnsConfig = Object.fromEntries(Object.entries(dns).filter(([, list]) => list.length > 0));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      creationTimestamp: `${new Date().toISOString().slice(0, 19)}Z`,
      labels: { app: name },
      name,
    },
    spec: {
      containers,
      ...(initContainers.length > 0 ? { initContainers } : {}),
      ...(Object.keys(dnsConfig).length > 0 ? { dnsConfig } : {}),
      ...(facts.hostAliases?.length ? { hostAliases: facts.hostAliases } : {}),
      ...(facts.hostNetwork ? { hostNetwork: true } : {}),
      ...(facts.hostUsers ? {} : { hostUsers: false }),
      ...(facts.hostname ? { hostname: facts.hostname } : {}),
      ...(facts.restartPolicy ? { restartPolicy: facts.restartPolicy } : {}),
      ...(facts.shareProcessNamespace ? { shareProcessNamespace: true } : {}),
      ...(stopTimeout === undefined ? {} : { terminationGracePeriodSeconds: stopTimeout }),
      ...(volumes.size > 0 ? { volumes: [...volumes.values()] } : {}),
    },
  };
}

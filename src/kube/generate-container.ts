import { statSync } from 'node:fs';
import type { Container, PortMapping } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { userVolumesOf } from '../container/inspect-mounts.ts';
import type { OciMount } from '../container/oci-spec.ts';
import { imageEnvironment } from '../container/options/environment.ts';
import type { OciImageConfig } from '../image/image-config.ts';
import { InvalidKube } from './errors.ts';
import { securityContext } from './generate-security.ts';

export interface GeneratedPort {
  containerPort: number;
  hostIP?: string;
  hostPort?: number;
  protocol?: string;
}

/** A container as it is written: fields that are empty are left out. */
export interface GeneratedContainer {
  name: string;
  image: string;
  ports?: GeneratedPort[];
  resources?: object;
  [field: string]: unknown;
}

export interface DnsConfig {
  nameservers?: string[];
  searches?: string[];
  options?: { name: string; value: string }[];
}

export interface Generated {
  container: GeneratedContainer;
  /** Of the pod, by name. */
  volumes: Map<string, object>;
  dns: DnsConfig;
  /** Binds that are labelled for SELinux, by their source. */
  labelled: Map<string, string>;
}

/** @param service ports of the host are left to a Service  @throws InvalidKube for what Kubernetes cannot have */
export function generateContainer(engine: ContainerEngine, container: Container, service: boolean): Generated {
  const { config } = container;
  if (!config.privileged && config.spec.linux?.devices?.length) throw new InvalidKube('linux devices: not yet implemented');
  if (!config.isInfra && config.rootfs) throw new InvalidKube('k8s does not support Rootfs');
  const image = config.image.id === '' ? {} : engine.images.lookup(config.image.id).config();
  const { mounts, volumes, labelled } = volumesOfContainer(container);
  const ports = containerPorts(config.network.portMappings, service);
  const security = securityContext(engine, container, image);
  const resources = limitsOf(container);
  const env = variablesOf(container, image);
  return {
    container: {
      ...commandOf(container, image),
      ...(env.length > 0 ? { env } : {}),
      image: config.image.name,
      name: config.name.replaceAll('_', ''),
      ...(ports.length > 0 ? { ports } : {}),
      ...(resources ? { resources } : {}),
      ...(security ? { securityContext: security } : {}),
      ...(config.stdin ? { stdin: true } : {}),
      ...(config.tty ? { tty: true } : {}),
      ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
      ...(config.workdir !== '/' && (image.WorkingDir ?? '') !== config.workdir ? { workingDir: config.workdir } : {}),
    },
    volumes,
    dns: {
      nameservers: config.network.dnsServers,
      searches: config.network.dnsSearch,
      options: config.network.dnsOptions.map((option) => {
        const colon = option.indexOf(':');
        return colon < 0 ? { name: option, value: '' } : { name: option.slice(0, colon), value: option.slice(colon + 1) };
      }),
    },
    labelled,
  };
}

/** What the image says anyway is left out. */
function commandOf({ config }: Container, image: OciImageConfig): { command?: string[]; args?: string[] } {
  const same = (one: readonly string[] | undefined | null, other: readonly string[]) =>
    one?.length === other.length && other.every((word, at) => word === one[at]);
  const { entrypoint = [], command } = config;
  const first = entrypoint.length > 0 ? entrypoint : command;
  const args = entrypoint.length > 0 ? command : [];
  return {
    ...(first.length === 0 || same(image.Cmd, first) || same(image.Entrypoint, first) ? {} : { command: first }),
    ...(args.length > 0 ? { args } : {}),
  };
}

function variablesOf({ config }: Container, image: OciImageConfig): { name: string; value: string }[] {
  const known: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    container: 'podman',
  };
  const ofImage = imageEnvironment(image.Env ?? []);
  return (config.spec.process?.env ?? []).flatMap((entry) => {
    const equals = entry.indexOf('=');
    const [name, value] = [entry.slice(0, equals), entry.slice(equals + 1)];
    return known[name] === value || ofImage[name] === value ? [] : [{ name, value }];
  });
}

export function containerPorts(mappings: readonly PortMapping[], service: boolean): GeneratedPort[] {
  return mappings.flatMap(({ hostIp, hostPort, containerPort, range, protocol }) =>
    protocol.split(',').flatMap((name) => {
      const upper = name.toUpperCase();
      if (!['TCP', 'UDP', 'SCTP'].includes(upper)) throw new InvalidKube(`unknown network protocol ${protocol}`);
      return Array.from({ length: Math.max(1, range) }, (_, at) => ({
        containerPort: containerPort + at,
        ...(hostIp ? { hostIP: hostIp } : {}),
        ...(service ? {} : { hostPort: hostPort + at }),
        ...(upper === 'TCP' ? {} : { protocol: upper }),
      }));
    }),
  );
}

function limitsOf({ config }: Container): object | undefined {
  const { memory, cpu } = config.spec.linux?.resources ?? {};
  const milli = cpu?.quota && cpu.period ? Math.trunc((1000 * cpu.quota) / cpu.period) : 0;
  const limits = {
    ...(milli >= 1 ? { cpu: milli % 1000 === 0 ? String(milli / 1000) : `${milli}m` } : {}),
    ...(memory?.limit === undefined ? {} : { memory: binaryQuantity(memory.limit) }),
  };
  return Object.keys(limits).length > 0 ? { limits } : undefined;
}

/** Bytes with the largest unit that leaves a whole number. */
function binaryQuantity(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let [value, at] = [bytes, 0];
  for (; value !== 0 && value % 1024 === 0 && at < units.length - 1; at++) value /= 1024;
  return `${value}${units[at]}`;
}

function volumesOfContainer(container: Container): { mounts: object[]; volumes: Map<string, object>; labelled: Map<string, string> } {
  const { volumes: namedVolumes, mounts: binds } = userVolumesOf(container, container.config.spec);
  const mounts: object[] = [];
  const volumes = new Map<string, object>();
  const labelled = new Map<string, string>();
  const readOnly = (options: readonly string[] = []) => (options.includes('ro') ? { readOnly: true } : {});
  for (const [index, mount] of binds.entries()) {
    const label = mount.options?.find((option) => option === 'z' || option === 'Z');
    if (label && mount.source) labelled.set(mount.source, label);
    const name = `${mount.type === 'tmpfs' ? 'tmp' : `${volumeName(mount.source ?? '')}-host`}-${index}`;
    mounts.push({ mountPath: mount.destination, name, ...readOnly(mount.options) });
    volumes.set(name, { name, ...sourceOf(mount) });
  }
  for (const { name: volume, destination, options, subPath } of namedVolumes) {
    const claimName = volumeName(volume);
    const name = `${claimName}-pvc`;
    mounts.push({ mountPath: destination, name, ...readOnly(options), ...(subPath ? { subPath } : {}) });
    volumes.set(name, { name, persistentVolumeClaim: { claimName, ...readOnly(options) } });
  }
  return { mounts, volumes, labelled };
}

function sourceOf({ type, source = '' }: OciMount): object {
  if (type === 'tmpfs') return { emptyDir: { medium: 'Memory' } };
  const found = statSync(source, { throwIfNoEntry: false });
  return { hostPath: { path: source, type: found === undefined ? 'DirectoryOrCreate' : found.isDirectory() ? 'Directory' : 'File' } };
}

const volumeName = (source: string): string =>
  source === '/'
    ? 'root'
    : source
        .replace(/^\/+|\/+$/g, '')
        .replaceAll('/', '-')
        .replaceAll('_', '-')
        .toLowerCase();

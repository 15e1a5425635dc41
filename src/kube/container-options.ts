import type { CreateOptions } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { OciResources } from '../container/oci-spec.ts';
import { imageEnvironment } from '../container/options/environment.ts';
import { parseLogOptions } from '../container/options/log.ts';
import { parseResources } from '../container/options/resources.ts';
import { parseUlimits } from '../container/options/ulimits.ts';
import { cleanPath, validateContainerPath, validateVolumeOptions } from '../container/options/volume-options.ts';
import { parseSignal } from '../container/signals.ts';
import type { LocalImage } from '../image/local-image.ts';
import { containerVariables, type EnvironmentSources } from './environment.ts';
import { InvalidKube } from './errors.ts';
import { expandVariables } from './expand.ts';
import type { KubeContainer, PodSpec, VolumeMount } from './objects.ts';
import { probeOptions } from './probes.ts';
import { parseQuantity } from './quantity.ts';
import type { KubeVolume } from './volumes.ts';

/** What a container of a pod is made of beside its own description. */
export interface ContainerContext extends EnvironmentSources {
  engine: ContainerEngine;
  podSecurity: PodSpec['securityContext'];
  image: LocalImage;
  volumes: ReadonlyMap<string, KubeVolume>;
  volumesFrom: string[];
  restartPolicy: string;
  hostPid: boolean;
  hostIpc: boolean;
  hostUts: boolean;
  seccompProfile?: string;
  logDriver: string;
  logOptions: readonly string[];
  noPodPrefix: boolean;
  stopTimeout?: number;
}

const annotation = (name: string): string => `io.podman.annotations.${name}`;

/** A container of a pod's YAML as options of the library. @throws InvalidKube */
export function containerOptions(container: KubeContainer, context: ContainerContext): CreateOptions {
  const { engine, image, annotations } = context;
  if (!container.image) throw new InvalidKube(`container ${JSON.stringify(container.name)} is missing the required 'image' field`);
  const variables = containerVariables(container, context);
  const config = image.config();
  const env = { ...imageEnvironment(config.Env ?? []), ...variables };
  const expand = (words: readonly string[]) => words.map((word) => expandVariables(word, env));
  const { command, args, lifecycle, securityContext: security = {} } = container;
  const entrypoint = command?.length ? command : config.Entrypoint;
  const own = (name: string): string | undefined => annotations[`${annotation(name)}/${container.name}`];
  const log = parseLogOptions([...context.logOptions]);
  const readOnly = security.readOnlyRootFilesystem ?? engine.conf.containers.read_only;
  const user = userOf(container, context);
  return {
    image: image.id,
    rawImageName: container.image,
    name: context.noPodPrefix ? container.name : `${context.podName}-${container.name}`,
    ...(entrypoint?.length ? { entrypoint: expand(entrypoint) } : {}),
    ...(args?.length ? { command: expand(args) } : command?.length || !config.Cmd?.length ? {} : { command: expand(config.Cmd) }),
    ...(container.workingDir ? { workdir: container.workingDir } : {}),
    ...(user ? { user } : {}),
    groupAdd: (context.podSecurity?.supplementalGroups ?? []).map(String),
    tty: container.tty ?? false,
    attach: { stdin: false, stdout: false, stderr: false },
    env: variables,
    labels: context.labels,
    annotations: {
      ...annotations,
      [annotation('kube.health.check')]: 'true',
      ...named(annotation('cid-file'), own('cid-file')),
      ...named(annotation('pids-limit'), own('pids-limit')),
      ...named(annotation('cpuset'), own('cpuset')),
      ...named(annotation('memory-nodes'), own('memory-nodes')),
    },
    ...volumeOptions(container, context),
    volumesFrom: context.volumesFrom,
    ...resourceOptions(container, own),
    ...probeOptions(container, context.restartPolicy),
    privileged: security.privileged ?? false,
    ...(security.allowPrivilegeEscalation === undefined ? {} : { noNewPrivileges: !security.allowPrivilegeEscalation }),
    ...(security.procMount === 'Unmasked' ? { unmask: ['ALL'] } : {}),
    capAdd: security.capabilities?.add ?? [],
    capDrop: security.capabilities?.drop ?? [],
    readOnly,
    readWriteTmpfs: true,
    ...(context.seccompProfile ? { seccompProfile: context.seccompProfile } : {}),
    ...(context.hostPid ? { pid: { kind: 'host' } } : {}),
    ...(context.hostIpc ? { ipc: { kind: 'host' } } : {}),
    ...(context.hostUts ? { uts: { kind: 'host' } } : {}),
    restartPolicy: context.restartPolicy,
    ...(own('init') === undefined ? {} : { init: isTrue(own('init')) }),
    ...(own('autoremove') === undefined ? {} : { remove: isTrue(own('autoremove')) }),
    ...(annotations[annotation('ulimit')] ? { ulimits: parseUlimits(annotations[annotation('ulimit')]!.split(',')) } : {}),
    ...((log.driver ?? context.logDriver) ? { logDriver: log.driver ?? context.logDriver } : {}),
    ...(log.path ? { logPath: log.path } : {}),
    ...(log.size ? { logSize: log.size } : {}),
    ...(log.tag === undefined ? {} : { logTag: log.tag }),
    logLabels: log.labels,
    sdnotifyMode: 'ignore',
    ...(context.stopTimeout === undefined ? {} : { stopTimeout: context.stopTimeout }),
    ...(lifecycle?.stopSignal ? { stopSignal: parseSignal(lifecycle.stopSignal) } : {}),
  };
}

const isTrue = (text: string | undefined): boolean => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '');
const named = (name: string, value: string | undefined): Record<string, string> => (value === undefined ? {} : { [name]: value });

function userOf({ securityContext = {} }: KubeContainer, { podSecurity = {}, image }: ContainerContext): string {
  const user = securityContext.runAsUser ?? podSecurity?.runAsUser;
  const group = securityContext.runAsGroup ?? podSecurity?.runAsGroup;
  if (user === undefined && group === undefined) return image.config().User ?? '';
  return `${user ?? 0}${group === undefined ? '' : `:${group}`}`;
}

function resourceOptions({ resources }: KubeContainer, own: (name: string) => string | undefined): Partial<CreateOptions> {
  const { limits = {}, requests = {} } = resources ?? {};
  const whole = (value: string | number | undefined) => (value === undefined ? '' : `${Math.trunc(parseQuantity(value))}b`);
  const pids = own('pids-limit');
  const parsed = parseResources({
    memory: whole(limits?.['memory']),
    memoryReservation: whole(requests?.['memory']),
    memorySwap: '',
    memorySwappiness: -1,
    oomKillDisable: false,
    cpus: parseQuantity(limits?.['cpu']),
    cpuShares: 0,
    cpuPeriod: 0,
    cpuQuota: 0,
    cpuRtPeriod: 0,
    cpuRtRuntime: 0,
    cpusetCpus: own('cpuset') ?? '',
    cpusetMems: own('memory-nodes') ?? '',
    blkioWeight: '',
    ...(pids === undefined ? {} : { pidsLimit: Number(pids) }),
    cgroupConf: [],
  });
  // Kubernetes says nothing of swap: there is no limit for it.
  delete parsed?.memory?.swap;
  const names = [...new Set([...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})])];
  const devices = names.flatMap((name) => {
    const [, kind, device = ''] = /^([^/]+\/[^=]+)=(.+)$/.exec(name) ?? [];
    if (kind === undefined) return [];
    return [kind === 'podman.io/device' ? device : name];
  });
  return { ...(parsed ? { resources: parsed as OciResources } : {}), ...(devices.length > 0 ? { devices } : {}) };
}

function volumeOptions(container: KubeContainer, context: ContainerContext): Partial<CreateOptions> {
  const options = { mounts: [], volumes: [], imageVolumes: [], devices: [] } as Required<
    Pick<CreateOptions, 'mounts' | 'volumes' | 'imageVolumes' | 'devices'>
  >;
  for (const mount of container.volumeMounts ?? []) {
    const volume = context.volumes.get(mount.name);
    if (!volume) throw new InvalidKube(`volume mount ${mount.name} specified for container but not configured in volumes`);
    const { destination, flags } = mountPlace(mount);
    const subPath = mount.subPath ? { subPath: mount.subPath } : {};
    switch (volume.kind) {
      case 'absent':
        break;
      case 'bind':
        options.mounts.push({
          destination,
          type: 'bind',
          source: volume.source,
          options: [...relabelled(context.annotations, volume.source, flags), ...(mount.subPath ? [`subpath=${mount.subPath}`] : [])],
        });
        break;
      case 'device':
        options.devices.push(`${volume.source}:${destination}`);
        break;
      case 'memory':
        options.mounts.push({ destination, type: 'tmpfs', source: 'tmpfs', options: [] });
        break;
      case 'image':
        options.imageVolumes.push({ source: volume.source, destination, readWrite: false, ...subPath });
        break;
      default:
        options.volumes.push({
          name: volume.source,
          destination,
          options: flags,
          ...(volume.kind === 'emptyDir' ? { anonymous: true } : {}),
          ...subPath,
        });
    }
  }
  return Object.fromEntries(Object.entries(options).filter(([, list]) => list.length > 0));
}

/** An annotation says which binds were labelled for SELinux. */
function relabelled(annotations: Record<string, string>, source: string, flags: string[]): string[] {
  const label = annotations['bind-mount-options'] ?? '';
  const colon = label.lastIndexOf(':');
  if (colon < 0 || label.slice(0, colon) !== source || flags.includes('z') || flags.includes('Z')) return flags;
  return [...flags, label.slice(colon + 1)];
}

const propagations: Record<string, string> = { None: 'private', HostToContainer: 'rslave', Bidirectional: 'rshared' };

/** `mountPath` may carry options after a colon, as with `-v`. */
function mountPlace({ mountPath, readOnly, mountPropagation }: VolumeMount): { destination: string; flags: string[] } {
  const parts = mountPath.split(':');
  if (parts.length > 2) throw new InvalidKube(`${JSON.stringify(mountPath)} incorrect volume format, should be ctr-dir[:option]`);
  const [destination = '', given] = parts;
  try {
    validateContainerPath(destination);
  } catch (error) {
    throw new InvalidKube(`parsing MountPath: ${(error as Error).message}`, { cause: error });
  }
  const flags = validateVolumeOptions([...(given === undefined ? [] : given.split(',')), ...(readOnly ? ['ro'] : [])]);
  if (mountPropagation) {
    const propagation = propagations[mountPropagation];
    if (propagation === undefined) throw new InvalidKube(`unknown propagation mode ${JSON.stringify(mountPropagation)}`);
    flags.push(propagation);
  }
  return { destination: cleanPath(destination), flags };
}

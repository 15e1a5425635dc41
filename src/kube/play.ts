import { readFileSync } from 'node:fs';
import { sha256Hex } from '../archive/sha256.ts';
import type { Container, PortMapping } from '../container/container.ts';
import { createContainer } from '../container/create.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { NoStoredContainer, NoSuchContainer } from '../container/errors.ts';
import { removeExternalContainer } from '../container/external.ts';
import { networksOf } from '../container/network-request.ts';
import { noteNetwork } from '../container/network-use.ts';
import { removeContainer } from '../container/remove.ts';
import { SelkieError } from '../errors.ts';
import { createNetwork } from '../network/create-network.ts';
import { createPod } from '../pod/create.ts';
import type { ContainerFailure } from '../pod/errors.ts';
import { joinPod } from '../pod/membership.ts';
import { getPod, isPodName, listPods, lookupPod, type Pod } from '../pod/pod.ts';
import { removePod } from '../pod/remove.ts';
import { startPod } from '../pod/start.ts';
import { automounted } from './automount.ts';
import { playClaim } from './claims.ts';
import { type ContainerContext, containerOptions } from './container-options.ts';
import { podOf, readConfigMaps, readObjects, toConfigMap } from './documents.ts';
import { InvalidKube } from './errors.ts';
import { type ImageOptions, obtainImage } from './images.ts';
import type { ConfigMap, KubeContainer, KubeObject, PodTemplate } from './objects.ts';
import { defaultNetwork, podOptions, restartPolicyOf } from './pod-options.ts';
import { seccompProfile } from './seccomp.ts';
import { storeSecret } from './secrets.ts';
import { createServiceContainer } from './service-container.ts';
import { fillVolume, podVolumes } from './volumes.ts';
import { volumesFromOf } from './volumes-from.ts';

export interface PlayOptions {
  /** Added to those of every object. */
  annotations: Record<string, string>;
  /** Files with ConfigMaps beside those of the YAML. */
  configMapFiles: readonly string[];
  networks: readonly string[];
  /** One for each pod, in order. */
  ips: readonly string[];
  macs: readonly string[];
  ports: readonly PortMapping[];
  publishAll: boolean;
  noHosts?: boolean;
  noHostname: boolean;
  noPodPrefix: boolean;
  userns: string;
  logDriver: string;
  logOptions: readonly string[];
  seccompRoot: string;
  replace: boolean;
  start: boolean;
  serviceContainer: boolean;
  exitCodePropagation: string;
  images: ImageOptions;
}

export interface PlayedPod {
  id: string;
  containers: string[];
  initContainers: string[];
  failures: readonly ContainerFailure[];
}

export interface PlayReport {
  volumes: string[];
  /** IDs. */
  secrets: string[];
  pods: PlayedPod[];
  serviceContainer?: Container;
}

/**
 * Makes what a YAML file of Kubernetes describes. What was made before an error stays, as with podman, but not a service container
 * without pods. @throws SelkieError
 */
export async function playKube(engine: ContainerEngine, content: string, options: PlayOptions): Promise<PlayReport> {
  if (options.networks.length === 0) makeDefaultNetwork(engine);
  const report: PlayReport = { volumes: [], secrets: [], pods: [] };
  try {
    await playObjects(engine, content, options, report);
  } catch (error) {
    const { serviceContainer: service } = report;
    const isUsed = listPods(engine).some(({ serviceContainer }) => serviceContainer === service?.id);
    if (service && !isUsed) await removeContainer(engine, service, { force: true });
    throw error;
  }
  return report;
}

async function playObjects(engine: ContainerEngine, content: string, options: PlayOptions, report: PlayReport): Promise<void> {
  const configMaps: ConfigMap[] = [];
  let known = 0;
  for (const object of readObjects(content)) {
    known++;
    switch (object.kind) {
      case 'ConfigMap':
        configMaps.push(toConfigMap(object));
        known--;
        break;
      case 'Secret':
        report.secrets.push(storeSecret(engine, object));
        break;
      case 'PersistentVolumeClaim':
        report.volumes.push(await playClaim(engine, object, options.annotations));
        break;
      default: {
        const pod = podOf(object);
        if (!pod) {
          known--;
          break;
        }
        report.serviceContainer ??= await serviceFor(engine, object, content, options);
        if (object.kind === 'Pod') Object.assign(pod.annotations, options.annotations);
        report.pods.push(await playPod(engine, object, pod, options, { configMaps, report }));
      }
    }
  }
  if (known === 0)
    throw new InvalidKube(
      configMaps.length > 0
        ? 'ConfigMaps in podman are not a standalone object and must be used in a container'
        : 'YAML document does not contain any supported kube kind',
    );
}

function makeDefaultNetwork(engine: ContainerEngine): void {
  const { network, created } = createNetwork(networksOf(engine), { name: defaultNetwork, dns: true }, true);
  if (created) noteNetwork(engine, 'create', network);
}

async function serviceFor(
  engine: ContainerEngine,
  { kind }: KubeObject,
  content: string,
  options: PlayOptions,
): Promise<Container | undefined> {
  if (!options.serviceContainer || (kind !== 'Pod' && kind !== 'Deployment')) return undefined;
  return await createServiceContainer(engine, `${sha256Hex(content).slice(0, 12)}-service`, options.exitCodePropagation, options.replace);
}

interface Played {
  configMaps: readonly ConfigMap[];
  report: PlayReport;
}

async function playPod(
  engine: ContainerEngine,
  object: KubeObject,
  described: NonNullable<ReturnType<typeof podOf>>,
  options: PlayOptions,
  { configMaps, report }: Played,
): Promise<PlayedPod> {
  try {
    return await makePod(engine, described, options, allConfigMaps(configMaps, options), report);
  } catch (error) {
    if (object.kind === 'Pod' || !(error instanceof SelkieError)) throw error;
    throw new SelkieError(`encountered while bringing up pod ${described.name}: ${error.message}`, { cause: error });
  }
}

function allConfigMaps(ofFile: readonly ConfigMap[], { configMapFiles }: PlayOptions): ConfigMap[] {
  const names = new Set(ofFile.map(({ metadata }) => metadata.name));
  return [
    ...ofFile,
    ...configMapFiles.flatMap((path) => {
      let maps: ConfigMap[];
      try {
        maps = readConfigMaps(readFileSync(path, 'utf8'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          throw new InvalidKube(`open ${path}: no such file or directory`, { cause: error });
        throw new InvalidKube(`${JSON.stringify(path)}: ${(error as Error).message}`, { cause: error });
      }
      const twice = maps.find(({ metadata }) => names.has(metadata.name));
      if (twice)
        throw new InvalidKube(
          `ambiguous configuration: the same config map ${twice.metadata.name} is present in YAML and in --configmaps ${path} file`,
        );
      return maps;
    }),
  ];
}

async function makePod(
  engine: ContainerEngine,
  { name, template, annotations }: { name: string; template: PodTemplate; annotations: Record<string, string> },
  options: PlayOptions,
  configMaps: readonly ConfigMap[],
  report: PlayReport,
): Promise<PlayedPod> {
  if (annotations['io.podman.annotations.volumes-from'] !== undefined)
    throw new InvalidKube('annotation io.podman.annotations.volumes-from without target volume is reserved for internal use');
  const { spec } = template;
  const asked = podOptions(engine, name, template, annotations, options, report.pods.length);
  const volumes = podVolumes(engine, spec.volumes ?? [], configMaps);
  for (const volume of volumes.values()) {
    if (volume.kind === 'files') fillVolume(engine, volume);
    else if (volume.kind === 'image') await obtainImage(engine, volume.source, volume.pullPolicy, options.images);
  }
  if (options.replace && isPodName(engine, name)) await removePod(engine, lookupPod(engine, name), { force: true });
  const pod = await createPod(engine, {
    ...asked,
    ...(report.serviceContainer ? { serviceContainer: report.serviceContainer.id } : {}),
  });
  const context: Omit<ContainerContext, 'image' | 'volumesFrom' | 'restartPolicy'> = {
    engine,
    configMaps,
    podName: name,
    podId: pod.id,
    labels: pod.labels,
    annotations,
    podSecurity: spec.securityContext,
    volumes,
    hostPid: spec.hostPID ?? false,
    hostIpc: spec.hostIPC ?? false,
    hostUts: spec.hostNetwork ?? false,
    logDriver: options.logDriver,
    logOptions: options.logOptions,
    noPodPrefix: options.noPodPrefix,
    ...(spec.terminationGracePeriodSeconds === undefined ? {} : { stopTimeout: spec.terminationGracePeriodSeconds }),
  };
  const names = new Set<string>();
  const make = (container: KubeContainer, isInit: boolean) =>
    makeContainer(engine, container, isInit, { pod, context, names, spec, options });
  const initContainers: string[] = [];
  for (const container of spec.initContainers ?? []) initContainers.push((await make(container, true)).id);
  const containers: string[] = [];
  for (const container of spec.containers ?? []) containers.push((await make(container, false)).id);
  const failures = options.start ? await startPod(engine, getPod(engine, pod.id) ?? pod) : [];
  return { id: pod.id, containers, initContainers, failures };
}

interface Making {
  pod: Pod;
  context: Omit<ContainerContext, 'image' | 'volumesFrom' | 'restartPolicy'>;
  /** Of the containers made before. */
  names: Set<string>;
  spec: PodTemplate['spec'];
  options: PlayOptions;
}

async function makeContainer(
  engine: ContainerEngine,
  container: KubeContainer,
  isInit: boolean,
  { pod, context, names, spec, options }: Making,
): Promise<Container> {
  const { annotations, podName } = context;
  if (names.has(container.name))
    throw new InvalidKube(
      `the pod ${JSON.stringify(podName)} is invalid; duplicate container name ${JSON.stringify(container.name)} detected`,
    );
  names.add(container.name);
  if (isInit && (container.lifecycle ?? container.livenessProbe ?? container.readinessProbe ?? container.startupProbe))
    throw new InvalidKube(
      'cannot create an init container that has either of lifecycle, livenessProbe, readinessProbe, or startupProbe set',
    );
  if (!container.image) throw new InvalidKube(`container ${JSON.stringify(container.name)} is missing the required 'image' field`);
  const image = await obtainImage(engine, container.image, container.imagePullPolicy, options.images);
  const profile = seccompProfile(annotations, container.name, options.seccompRoot);
  const settings = containerOptions(container, {
    ...context,
    labels: { ...updateLabels(annotations, container.name), ...pod.labels },
    image,
    volumesFrom: volumesFromOf(container.name, podName, names, annotations),
    restartPolicy: isInit ? 'no' : restartPolicyOf(spec),
    ...(profile === undefined ? {} : { seccompProfile: profile }),
  });
  settings.imageVolumes = [...(settings.imageVolumes ?? []), ...automounted(engine, container.name, annotations)];
  if (isInit) {
    const type = annotations['io.podman.annotations.init.container.type'] || 'once';
    if (type !== 'always' && type !== 'once') throw new InvalidKube(`invalid init container type ${JSON.stringify(type)}`);
    settings.initContainerType = type;
  }
  joinPod(engine, pod, settings);
  if (options.replace) await removeByName(engine, settings.name!);
  return await createContainer(engine, settings);
}

/** Auto-update labels come from annotations: of the container, else of the pod. */
function updateLabels(annotations: Record<string, string>, name: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const label of ['io.containers.autoupdate', 'io.containers.autoupdate.authfile']) {
    const value = annotations[`${label}/${name}`] ?? annotations[label];
    if (value !== undefined) labels[label] = value;
  }
  return labels;
}

/** One of ours or of another tool; none is as good. */
async function removeByName(engine: ContainerEngine, name: string): Promise<void> {
  try {
    await removeContainer(engine, engine.state.lookup(name), { force: true });
  } catch (error) {
    if (!(error instanceof NoSuchContainer)) throw error;
    try {
      removeExternalContainer(engine, name, true);
    } catch (missing) {
      if (!(missing instanceof NoStoredContainer)) throw missing;
    }
  }
}

import { basename } from 'node:path';
import { findInitBinary } from '../config/containers-conf.ts';
import { nowText } from '../container/clock.ts';
import { createContainer } from '../container/create.ts';
import { InvalidArgument, InvalidOption } from '../container/create-errors.ts';
import type { CreateOptions, PodMembership } from '../container/create-options.ts';
import { validateName } from '../container/create-validate.ts';
import type { ContainerEngine } from '../container/engine.ts';
import type { OciResources } from '../container/oci-spec.ts';
import { randomName } from '../container/random-name.ts';
import { deviceLimits } from '../container/spec/device-limits.ts';
import { SelkieError } from '../errors.ts';
import { randomId } from '../storage/ids.ts';
import { makePodCgroup, podCgroup } from './cgroup.ts';
import { InvalidPod, PodNameInUse } from './errors.ts';
import { addPod, isPodName, type Pod, savePod } from './pod.ts';
import { writePodEvent } from './pod-events.ts';
import { removePod } from './remove.ts';

export interface CreatePodOptions {
  /** Without one a name is drawn. */
  name?: string;
  labels?: Record<string, string>;
  hostname?: string;
  createCommand?: string[];
  exitPolicy?: string;
  restartPolicy?: string;
  restartRetries?: number;
  /** Namespaces that containers share with the infra container: ipc, net, pid, uts, cgroup. */
  share?: readonly string[];
  /** Whether the cgroups of its containers are below the pod's; true unless said otherwise. */
  shareParent?: boolean;
  serviceContainer?: string;
  /** How the infra container is to be made, its networks, mounts and security included; absent for a pod without one. */
  infra?: CreateOptions;
  cgroupParent?: string;
  /** Limits of all its containers together. */
  resources?: OciResources;
}

/** Makes a pod and its infra container. Until the pod is there everything is taken back when something fails. @throws SelkieError */
export async function createPod(engine: ContainerEngine, options: CreatePodOptions): Promise<Pod> {
  const { infra } = options;
  checkNetwork(infra);
  if (infra?.image) await engine.images.pull(infra.image, { policy: 'missing' });
  if (options.name) validatePodName(options.name);
  const shares = sharesOf(options);
  const id = randomId();
  const pod: Pod = {
    id,
    name: options.name ?? '',
    created: nowText(),
    hostname: options.hostname ?? '',
    labels: options.labels ?? {},
    createCommand: options.createCommand ?? [],
    exitPolicy: exitPolicyOf(options.exitPolicy ?? engine.conf.engine.pod_exit_policy),
    restartPolicy: checkRestart(options.restartPolicy ?? ''),
    restartRetries: options.restartRetries ?? 0,
    shares,
    hasInfra: infra !== undefined,
    infraId: '',
    ...podCgroup(engine, id, options.cgroupParent ?? '', options.shareParent ?? true),
    sharesCgroup: options.shareParent ?? true,
    resources: options.resources ?? {},
    volumesFrom: infra?.volumesFrom ?? [],
    ...(options.serviceContainer ? { serviceContainer: options.serviceContainer } : {}),
    ...(infra ? { inherited: inheritedOf(infra) } : {}),
    number: 0,
  };
  enter(engine, pod);
  try {
    makePodCgroup(engine, pod);
    if (infra !== undefined) {
      const container = await createContainer(engine, infraOptions(engine, pod, infra));
      pod.infraId = container.id;
      savePod(engine, pod);
    }
  } catch (error) {
    await removePod(engine, pod, { force: true });
    throw error;
  }
  writePodEvent(engine, pod, 'create');
  return pod;
}

function enter(engine: ContainerEngine, pod: Pod): void {
  const generated = pod.name === '';
  for (;;) {
    if (generated) pod.name = randomName();
    if (generated && isPodName(engine, pod.name)) continue;
    try {
      addPod(engine, pod);
      return;
    } catch (error) {
      if (!generated || !(error instanceof PodNameInUse)) throw error;
    }
  }
}

/** The limits of a pod with those of single devices, which are named by path. */
export function podResources(options: CreateOptions): OciResources {
  const { devices: _, ...resources } = options.resources ?? {};
  const blockIO = { ...resources.blockIO, ...deviceLimits(options) };
  return { ...resources, ...(Object.keys(blockIO).length > 0 ? { blockIO } : {}) };
}

function validatePodName(name: string): void {
  try {
    validateName(name);
  } catch (error) {
    throw new InvalidOption((error as Error).message.replace('running container create option', 'running pod create option'), {
      cause: error,
    });
  }
}

function checkNetwork(infra: CreateOptions | undefined): void {
  const kind = infra?.network?.kind ?? 'default';
  const hasPorts = (infra?.ports?.length ?? 0) > 0;
  if (hasPorts && !['default', 'bridge', 'slirp4netns', 'pasta'].includes(kind))
    throw new SelkieError('PortMappings can only be used with Bridge, slirp4netns, or pasta networking');
  if ((kind === 'host' || kind === 'none') && (infra?.networks?.length ?? 0) > 0)
    throw new InvalidArgument(
      kind === 'host'
        ? 'cannot set host network if network-related configuration is specified'
        : 'cannot disable pod network if network-related configuration is specified',
    );
  if (kind === 'container' || kind === 'pod') throw new SelkieError(`pods presently do not support network mode ${kind}`);
  if (infra?.useImageResolvConf) {
    for (const [name, values] of Object.entries({
      DNSServer: infra.dnsServers,
      DNSSearch: infra.dnsSearch,
      DNSOption: infra.dnsOptions,
    }))
      if (values?.length) throw new InvalidPod(`NoManageResolvConf and ${name} are mutually exclusive pod options`);
  }
}

function exitPolicyOf(text: string): Pod['exitPolicy'] {
  if (text === '' || text === 'continue') return 'continue';
  if (text === 'stop') return text;
  throw new InvalidOption(`running pod create option: invalid pod exit policy: ${JSON.stringify(text)}`);
}

function checkRestart(policy: string): string {
  if (['', 'no', 'always', 'on-failure', 'unless-stopped'].includes(policy)) return policy;
  throw new InvalidArgument(`running pod create option: ${JSON.stringify(policy)} is not a valid restart policy`);
}

function sharesOf({ infra, share }: CreatePodOptions): PodMembership['shares'] {
  const shares = { pid: false, ipc: false, uts: false, net: false, cgroup: false, user: false };
  if (infra === undefined) return shares;
  for (const name of share ?? ['ipc', 'net', 'uts']) {
    if (name === 'none') return { pid: false, ipc: false, uts: false, net: false, cgroup: false, user: false };
    if (name === 'mnt') throw new SelkieError('mount sharing functionality not supported on pod level');
    if (name === 'pid' || name === 'ipc' || name === 'uts' || name === 'net' || name === 'cgroup') shares[name] = true;
    else if (name !== '' && name !== 'user')
      throw new SelkieError(`invalid kernel namespace to share: ${name}. Options are: cgroup, ipc, net, pid, uts or none`);
  }
  const user = infra.userns?.kind ?? 'default';
  shares.user = user !== 'host' && user !== 'default';
  return shares;
}

function inheritedOf({ devices, noNewPrivileges, apparmorProfile, seccompProfile, shmSizeSystemd }: CreateOptions): Pod['inherited'] {
  return {
    ...(devices?.length ? { devices } : {}),
    ...(noNewPrivileges ? { noNewPrivileges } : {}),
    ...(apparmorProfile ? { apparmorProfile } : {}),
    ...(seccompProfile ? { seccompProfile } : {}),
    ...(shmSizeSystemd === undefined ? {} : { shmSizeSystemd }),
  };
}

/** The infra container holds the namespaces: by default the init program that only pauses, in an empty root. */
function infraOptions(engine: ContainerEngine, pod: Pod, asked: CreateOptions): CreateOptions {
  const { resources: _, weightDevices: _w, readBps: _r, writeBps: _b, ...rest } = asked;
  const isDefault = asked.image === '';
  const ownUts = asked.uts === undefined || asked.uts.kind === 'private' || asked.uts.kind === 'default';
  return {
    ...rest,
    ...(isDefault
      ? {
          rootfs: { path: `${engine.paths.tmpDir}/infra-container`, overlay: true },
          entrypoint: asked.entrypoint ?? [`/${basename(findInitBinary())}`, '-P'],
        }
      : {}),
    name: asked.name || `${pod.id.slice(0, 12)}-infra`,
    pod: { id: pod.id, name: pod.name, shares: { pid: false, ipc: false, uts: false, net: false, cgroup: false, user: false } },
    isInfra: true,
    labels: pod.labels,
    cgroupParent: pod.cgroupPath || pod.cgroupParent,
    ...(asked.hostname || !ownUts ? {} : { hostname: pod.name }),
    ...(pod.restartPolicy === '' ? {} : { restartPolicy: pod.restartPolicy, restartRetries: pod.restartRetries }),
  };
}

import { hostname as systemHostname } from 'node:os';
import type { ContainersConf } from '../../config/containers-conf-types.ts';
import { isRootless } from '../../config/paths.ts';
import { InvalidOption } from '../create-errors.ts';
import type { CreateOptions } from '../create-options.ts';
import type { OciIdMapping, OciLinux, OciMount, OciResources, OciSpec } from '../oci-spec.ts';
import { apparmorProfile } from './apparmor.ts';
import { processCapabilities } from './capabilities.ts';
import { defaultMounts, hasNewUserNamespace, hidesKernelSysfs, supersedeMounts } from './default-mounts.ts';
import { deviceLimits } from './device-limits.ts';
import { addDevices, isCdiName } from './devices.ts';
import { kernelPaths } from './masked-paths.ts';
import { completeMountOptions } from './mount-options.ts';
import { requireMappings, type SettledNamespaces, specNamespaces, specSysctls } from './namespaces.ts';
import { specRlimits } from './rlimits.ts';
import { containerSeccomp } from './seccomp.ts';

export interface SpecRequest {
  options: CreateOptions;
  conf: ContainersConf;
  namespaces: SettledNamespaces;
  idMappings: { uidMap: OciIdMapping[]; gidMap: OciIdMapping[] };
  /** Labels of the container, the image's included. */
  labels: Record<string, string>;
  imageLabels: Record<string, string> | undefined;
  annotations: Record<string, string>;
  command: string[];
  env: Record<string, string>;
  /** Binds and tmpfs that the user, containers.conf and `--init` ask for. */
  mounts: OciMount[];
  user: string;
  /** The same, empty where only `keep-id` or `nomap` says who it is. */
  askedUser: string;
  workdir: string;
  ulimits: readonly { type: string; soft: number; hard: number }[];
  /** Host name of the container whose UTS namespace is shared. */
  sharedHostname?: string;
}

// crun of Debian 12 refuses what says 1.2, and nothing here needs it.
export const ociVersion = '1.1.0';

/** The part of the OCI spec that is settled at create: everything that needs neither a mounted root nor a running neighbour. */
export function buildSpec(request: SpecRequest): OciSpec {
  const { options, conf, namespaces } = request;
  const privileged = options.privileged ?? false;
  const newUser = hasNewUserNamespace(namespaces.user);
  const capabilities = processCapabilities({
    privileged,
    defaults: conf.containers.default_capabilities,
    add: options.capAdd ?? [],
    drop: options.capDrop ?? [],
    labels: request.labels,
    user: request.askedUser,
    keepId: namespaces.user.kind === 'keep-id',
  });
  const devices = addDevices([...conf.containers.devices, ...(options.devices ?? [])].filter((device) => !isCdiName(device)));
  const mounts = supersedeMounts(request.mounts, [...defaults(request), ...devices.mounts]);
  completeMountOptions(mounts);
  const profile = apparmorProfile(options.apparmorProfile, conf.containers.apparmor_profile, privileged);
  const hostname = specHostname(request);
  const oomScoreAdj = options.oomScoreAdj ?? conf.containers.oom_score_adj;
  const noNewPrivileges = options.noNewPrivileges;

  return {
    ociVersion,
    process: {
      ...(options.tty ? { terminal: true } : {}),
      user: processIds(request),
      args: request.command,
      env: environmentList(request),
      cwd: request.workdir,
      capabilities,
      rlimits: specRlimits(request.ulimits),
      ...(noNewPrivileges ? { noNewPrivileges } : {}),
      ...(profile ? { apparmorProfile: profile } : {}),
      ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    },
    root: { path: '', ...(options.readOnly ? { readonly: true } : {}) },
    ...(hostname ? { hostname } : {}),
    mounts,
    annotations: specAnnotations(request),
    linux: specLinux(request, capabilities.bounding ?? [], devices.devices, specResources(request, newUser, devices.rules)),
  };
}

function defaults({ options, namespaces, idMappings }: SpecRequest): OciMount[] {
  return defaultMounts({
    privileged: options.privileged ?? false,
    unmask: options.unmask ?? [],
    ...(options.procOpts ? { procOpts: options.procOpts } : {}),
    net: namespaces.net,
    user: namespaces.user,
    ipc: namespaces.ipc,
    pid: namespaces.pid,
    gidMap: idMappings.gidMap,
    devReadOnly: (options.readOnly ?? false) && !(options.readWriteTmpfs ?? false),
  });
}

/** keep-id and nomap make the caller's ids the default user; anybody else is looked up at start. */
function processIds({ namespaces, user }: SpecRequest): { uid: number; gid: number; additionalGids?: number[] } {
  if (namespaces.user.kind !== 'keep-id' && namespaces.user.kind !== 'no-map') return { uid: 0, gid: 0 };
  const [uid, gid] = user.split(':').map(Number);
  if (uid === undefined || gid === undefined || Number.isNaN(uid) || Number.isNaN(gid)) return { uid: 0, gid: 0 };
  return { uid, gid, additionalGids: [gid] };
}

function environmentList({ env, options }: SpecRequest): string[] {
  const list = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  if (options.hostname && !('HOSTNAME' in env)) list.push(`HOSTNAME=${options.hostname}`);
  return list;
}

/** The name that is settled now; otherwise the ID stands in at start. */
function specHostname({ options, namespaces, sharedHostname }: SpecRequest): string | undefined {
  if (options.hostname) return options.hostname;
  if (namespaces.uts.kind === 'host') return undefined;
  if (sharedHostname !== undefined) return sharedHostname;
  return namespaces.net.kind === 'host' ? systemHostname() : undefined;
}

function specAnnotations({ annotations, options }: SpecRequest): Record<string, string> {
  const set = (name: string, value: boolean | undefined) => (value ? { [`io.podman.annotations.${name}`]: 'TRUE' } : {});
  return {
    ...annotations,
    ...set('publish-all', options.publishAll),
    ...set('autoremove', options.remove),
    ...set('autoremove-image', options.removeImage),
    ...(options.volumesFrom?.length ? { 'io.podman.annotations.volumes-from': options.volumesFrom.join(';') } : {}),
    ...set('privileged', options.privileged),
    ...set('init', options.init),
  };
}

function specLinux(request: SpecRequest, bounding: string[], devices: OciLinux['devices'], resources: OciResources): OciLinux {
  const { options, conf, namespaces, idMappings } = request;
  const privileged = options.privileged ?? false;
  const ownUser = ['private', 'keep-id', 'no-map'].includes(namespaces.user.kind);
  if (ownUser) requireMappings(idMappings.uidMap, idMappings.gidMap);
  const paths = kernelPaths(privileged, options.mask ?? [], options.unmask ?? []);
  if (hidesKernelSysfs({ privileged, net: namespaces.net, user: namespaces.user })) {
    paths.maskedPaths = ['/sys/kernel', ...(paths.maskedPaths ?? [])];
  }
  const sysctl = specSysctls(namespaces, conf.containers.default_sysctls, options.sysctl ?? {});
  const seccomp = containerSeccomp({
    ...(options.seccompProfile ? { profile: options.seccompProfile } : {}),
    ...(options.seccompPolicy ? { policy: options.seccompPolicy } : {}),
    configured: conf.containers.seccomp_profile,
    privileged,
    ...(request.imageLabels ? { imageLabels: request.imageLabels } : {}),
    bounding,
  });
  return {
    ...(ownUser ? { uidMappings: idMappings.uidMap, gidMappings: idMappings.gidMap } : {}),
    ...(Object.keys(sysctl).length > 0 ? { sysctl } : {}),
    resources,
    namespaces: specNamespaces(namespaces),
    ...(devices?.length ? { devices } : {}),
    ...(seccomp ? { seccomp } : {}),
    ...paths,
    ...(options.intelRdtClosId ? { intelRdt: { closID: options.intelRdtClosId } } : {}),
    ...(options.personality ? { personality: { domain: options.personality } } : {}),
  };
}

function specResources(request: SpecRequest, newUser: boolean, deviceRules: NonNullable<OciResources['devices']>): OciResources {
  const { options, conf } = request;
  const resources: OciResources = structuredClone(options.resources ?? {});
  for (const entry of conf.containers.cgroup_conf) {
    const equals = entry.indexOf('=');
    if (equals < 0) throw new InvalidOption(`CgroupConf ${entry} from containers.conf invalid, must be name=value`);
    resources.unified = { [entry.slice(0, equals)]: entry.slice(equals + 1), ...resources.unified };
  }
  const limit = conf.containers.pids_limit;
  const cgroups = options.cgroups ?? conf.containers.cgroups;
  if (!resources.pids && cgroups !== 'disabled' && limit !== 0 && !options.isInfra) resources.pids = { limit };
  const limits = deviceLimits(options);
  if (limits) resources.blockIO = { ...resources.blockIO, ...limits };
  const privileged = options.privileged ?? false;
  const rules: NonNullable<OciResources['devices']> = [];
  if (!isRootless() && !newUser && !privileged) rules.push({ allow: false, access: 'rwm' });
  rules.push(...deviceRules);
  if ((options.deviceCgroupRules?.length ?? 0) > 0) {
    if (isRootless()) throw new InvalidOption('device cgroup rules are not supported in rootless mode or in a user namespace');
    if (!privileged) rules.push(...(options.deviceCgroupRules ?? []));
  }
  if (rules.length > 0) resources.devices = rules;
  return resources;
}

import type { ContainersConf } from '../../config/containers-conf-types.ts';
import type { CreateOptions, NamespaceChoice } from '../../container/create-options.ts';
import { parseEnvironment, parseEnvironmentFile, parseLabels } from '../../container/options/environment.ts';
import { parseHealthcheck, parseHealthcheckOnFailure, parseHealthcheckOverrides } from '../../container/options/healthcheck.ts';
import { parseRestartPolicy } from '../../container/options/lifecycle.ts';
import { parseLogOptions } from '../../container/options/log.ts';
import { parseMountFlags } from '../../container/options/mounts.ts';
import { parseIpcNamespace, parseNamespace, parseUserNamespace } from '../../container/options/namespaces.ts';
import { ramInBytes } from '../../container/options/numbers.ts';
import { parseExpose, verifyExpose } from '../../container/options/ports.ts';
import { parseDeviceCgroupRule, parseResources } from '../../container/options/resources.ts';
import { parseSecrets } from '../../container/options/secrets.ts';
import { parseSecurityOptions } from '../../container/options/security.ts';
import { parseSysctls } from '../../container/options/sysctls.ts';
import { parseUlimits } from '../../container/options/ulimits.ts';
import { parseSignal } from '../../container/signals.ts';
import { warn } from '../../diagnostics.ts';
import { SelkieError } from '../../errors.ts';
import type { Parsed } from '../flag.ts';
import { isTerminal } from '../is-terminal.ts';
import { toPlatform } from './copy-options.ts';
import type { createFlags } from './create.ts';
import { deviceLimits, limitTexts } from './limit-changes.ts';
import { toNetworkOptions } from './to-network-options.ts';

export type CreateFlags = Parsed<Omit<typeof createFlags, 'init-ctr'>> & {
  readonly passwd?: boolean;
  readonly rmi?: boolean;
  readonly 'init-ctr'?: string;
  readonly 'preserve-fd'?: readonly number[];
  readonly 'preserve-fds'?: number;
};

/** Whether a flag was typed. */
export type Changed = (name: string) => boolean;

/** The command line of `run` and `create` as options of the library. @throws SelkieError in the originals' words */
export function toCreateOptions(flags: CreateFlags, changed: Changed, args: readonly string[], conf: ContainersConf): CreateOptions {
  checkFlags(flags, changed);
  const [image = '', ...command] = args;
  const security = parseSecurityOptions([...flags['security-opt']]);
  const secrets = parseSecrets([...flags.secret]);
  const mounts = parseMountFlags({ volume: [...flags.volume], mount: [...flags.mount], tmpfs: [...flags.tmpfs] }, conf.containers.mounts);
  const platform = toPlatform(flags);
  const log = parseLogOptions([...flags['log-opt']]);
  const readOnly = changed('read-only') ? flags['read-only'] : conf.containers.read_only;
  const groups = flags['group-add'].filter((group) => group !== 'keep-groups');
  return {
    ...(flags.rootfs ? { image: '', rootfs: parseRootfs(image) } : { image, rawImageName: image }),
    ...(platform?.os ? { imageOs: platform.os } : {}),
    ...(platform?.architecture ? { imageArch: platform.architecture } : {}),
    ...(platform?.variant ? { imageVariant: platform.variant } : {}),
    ...(flags.name ? { name: flags.name } : {}),
    ...(command.length > 0 ? { command } : {}),
    ...(changed('entrypoint') ? { entrypoint: parseEntrypoint(flags.entrypoint) } : {}),
    ...(flags.workdir ? { workdir: flags.workdir } : {}),
    ...(flags.user ? { user: flags.user } : {}),
    groupAdd: groups,
    hostUsers: [...flags.hostuser],
    passwd: flags.passwd ?? true,
    ...(flags['passwd-entry'] ? { passwdEntry: flags['passwd-entry'] } : {}),
    ...(flags['group-entry'] ? { groupEntry: flags['group-entry'] } : {}),
    ...(changed('umask') ? { umask: checkUmask(flags.umask) } : {}),
    ...(changed('tz') ? { timezone: flags.tz } : {}),
    tty: flags.tty,
    stdin: flags.interactive,
    labels: labelsOf(flags),
    annotations: { ...annotationsOf(flags, changed), ...security.annotations },
    ...(flags.hostname ? { hostname: flags.hostname } : {}),
    dependencies: [...flags.requires],
    ...environmentOf(flags, changed),
    secrets: secrets.mounts,
    envSecrets: secrets.env,
    ...namespacesOf(flags, changed, conf),
    ...toNetworkOptions(flags, changed, conf),
    expose: exposeOf([...flags.expose]),
    publishAll: flags['publish-all'],
    mounts: [...mounts.mounts, ...(security.mounts ?? [])],
    volumes: mounts.volumes,
    overlayVolumes: mounts.overlayVolumes,
    imageVolumes: mounts.imageVolumes,
    artifactVolumes: mounts.artifactVolumes,
    volumesFrom: [...flags['volumes-from']],
    imageVolumeMode: imageVolumeMode(flags, changed, conf),
    chrootDirs: [...flags.chrootdirs],
    ...(changed('shm-size') ? { shmSize: sizeOf('--shm-size', flags['shm-size']) } : {}),
    ...(changed('shm-size-systemd') ? { shmSizeSystemd: sizeOf('--shm-size-systemd', flags['shm-size-systemd']) } : {}),
    readOnly,
    readWriteTmpfs: readOnly && flags['read-only-tmpfs'],
    init: flags.init,
    ...(flags['init-path'] ? { initPath: flags['init-path'] } : {}),
    systemd: flags.systemd.toLowerCase(),
    devices: [...flags.device, ...flags.gpus.map((gpu) => `nvidia.com/gpu=${gpu}`)],
    deviceCgroupRules: flags['device-cgroup-rule'].map(parseDeviceCgroupRule),
    privileged: changed('privileged') ? flags.privileged : conf.containers.privileged,
    capAdd: [...flags['cap-add']],
    capDrop: [...flags['cap-drop']],
    ...securityFields(security),
    seccompPolicy: flags['seccomp-policy'],
    ...(changed('ulimit') ? { ulimits: parseUlimits([...flags.ulimit]) } : {}),
    sysctl: parseSysctls([...flags.sysctl]),
    ...(flags.personality ? { personality: flags.personality } : {}),
    ...resourcesOf(flags, changed),
    ...(changed('oom-score-adj') ? { oomScoreAdj: flags['oom-score-adj'] } : {}),
    ...(flags['rdt-class'] ? { intelRdtClosId: flags['rdt-class'] } : {}),
    ...(changed('cgroups') ? { cgroups: flags.cgroups } : {}),
    ...(flags['cgroup-parent'] ? { cgroupParent: flags['cgroup-parent'] } : {}),
    ...(flags['stop-signal'] ? { stopSignal: parseSignal(flags['stop-signal']) } : {}),
    ...(changed('stop-timeout') ? { stopTimeout: flags['stop-timeout'] } : {}),
    timeout: flags.timeout,
    ...restartOf(flags),
    remove: flags.rm || (flags.rmi ?? false),
    removeImage: flags.rmi ?? false,
    ...(flags.cidfile ? { cidFile: flags.cidfile } : {}),
    ...(flags.pidfile ? { pidFile: flags.pidfile } : {}),
    ...(flags['conmon-pidfile'] ? { conmonPidFile: flags['conmon-pidfile'] } : {}),
    ...((log.driver ?? flags['log-driver']) ? { logDriver: log.driver ?? flags['log-driver'] } : {}),
    ...(log.path ? { logPath: log.path } : {}),
    ...(log.size ? { logSize: log.size } : {}),
    ...(log.tag === undefined ? {} : { logTag: log.tag }),
    logLabels: log.labels,
    sdnotifyMode: flags.sdnotify,
    preserveFds: flags['preserve-fds'] ?? 0,
    preserveFd: [...(flags['preserve-fd'] ?? [])],
    ...healthOf(flags, changed),
    ...(flags['init-ctr'] ? { initContainerType: initContainerType(flags, changed) } : {}),
    facts: { securityOpt: [...flags['security-opt']], initPath: flags['init-path'] || undefined },
  };
}

/** What contradicts itself whatever the values are. */
function checkFlags(flags: CreateFlags, changed: Changed): void {
  const fail = (text: string) => {
    throw new SelkieError(text);
  };
  if (changed('kernel-memory')) warn('The --kernel-memory flag is no longer supported. This flag is a noop.');
  if (isMapped(flags) && changed('userns')) fail('--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive');
  if (flags['log-driver'] === 'passthrough' && [0, 1, 2].some((fd) => isTerminal(fd)))
    fail("the '--log-driver passthrough' option cannot be used on a TTY.  If you really want it, use '--log-driver passthrough-tty'");
  if (changed('cpu-period') && changed('cpus')) fail('--cpu-period and --cpus cannot be set together');
  if (changed('cpu-quota') && changed('cpus')) fail('--cpu-quota and --cpus cannot be set together');
  if (flags['group-add'].includes('keep-groups') && flags['group-add'].length > 1)
    fail("the '--group-add keep-groups' option is not allowed with any other --group-add options");
  if (flags['no-hosts'] && changed('add-host')) fail('--no-hosts and --add-host cannot be set together');
  if (flags['no-hosts'] && changed('hosts-file')) fail('--no-hosts and --hosts-file cannot be set together');
  if (flags.rm && flags.restart !== '' && flags.restart !== 'no' && flags.restart !== 'on-failure')
    fail('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"');
  if ((flags['preserve-fds'] ?? 0) !== 0 && flags['preserve-fd']?.length) fail('cannot specify both --preserve-fds and --preserve-fd');
  if (flags['health-cmd'] !== '' && flags['no-healthcheck']) fail('cannot specify both --no-healthcheck and --health-cmd');
  if (flags['health-startup-cmd'] !== '' && flags['no-healthcheck']) fail('cannot specify both --no-healthcheck and --health-startup-cmd');
}

/** Whether ranges of ids are given: they make a user namespace of their own. */
function isMapped({ uidmap, gidmap, subuidname, subgidname }: CreateFlags): boolean {
  return uidmap.length > 0 || gidmap.length > 0 || subuidname !== '' || subgidname !== '';
}

/** `--rootfs PATH[:O|:idmap…]`. */
function parseRootfs(text: string): NonNullable<CreateOptions['rootfs']> {
  const { resolve } = require('node:path') as typeof import('node:path');
  const { existsSync } = require('node:fs') as typeof import('node:fs');
  const colon = text.lastIndexOf(':');
  const suffix = colon < 0 ? '' : text.slice(colon + 1);
  const isMapping = suffix === 'idmap' || suffix.startsWith('idmap=');
  const path = suffix === 'O' || isMapping ? text.slice(0, colon) : text;
  if (!existsSync(path)) throw new SelkieError(`running container create option: faccessat ${path}: no such file or directory`);
  return { path: resolve(path), overlay: suffix === 'O', ...(isMapping ? { mapping: suffix } : {}) };
}

/** A JSON array, else one word. */
function parseEntrypoint(text: string): string[] {
  if (text.startsWith('[')) {
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
    } catch {
      // not JSON: taken as it stands
    }
  }
  return [text];
}

function checkUmask(text: string): string {
  if (!/^[0-7]{0,4}$/.test(text)) throw new SelkieError(`running container create option: invalid umask string ${text}: invalid argument`);
  return text;
}

function labelsOf(flags: CreateFlags): Record<string, string> {
  const labels = parseLabels([...flags['label-file']], [...flags.label]);
  const unit = process.env['PODMAN_SYSTEMD_UNIT'];
  return unit === undefined ? labels : { ...labels, PODMAN_SYSTEMD_UNIT: unit };
}

function annotationsOf(flags: CreateFlags, changed: Changed): Record<string, string> {
  const annotations: Record<string, string> = {};
  if (flags['group-add'].includes('keep-groups')) annotations['run.oci.keep_original_groups'] = '1';
  for (const annotation of flags.annotation) {
    const equals = annotation.indexOf('=');
    if (equals < 0) throw new SelkieError('annotations must be formatted KEY=VALUE');
    annotations[annotation.slice(0, equals)] = annotation.slice(equals + 1);
  }
  const own = (name: string, value: string) => {
    if (value !== '') annotations[`io.podman.annotations.${name}`] = value;
  };
  own('userns', isMapped(flags) ? 'private' : flags.userns);
  own('pids-limit', changed('pids-limit') ? String(flags['pids-limit']) : '');
  own('cpuset', flags['cpuset-cpus']);
  own('memory-nodes', flags['cpuset-mems']);
  own('cid-file', flags.cidfile);
  return annotations;
}

function environmentOf(flags: CreateFlags, changed: Changed): Partial<CreateOptions> {
  const env: Record<string, string> = {};
  for (const file of flags['env-file']) parseEnvironmentFile(file, env);
  parseEnvironment([...flags.env], env);
  return {
    env,
    envMerge: [...flags['env-merge']],
    unsetEnv: [...flags.unsetenv],
    unsetEnvAll: flags['unsetenv-all'],
    ...(changed('env-host') ? { envHost: flags['env-host'] } : {}),
    ...(changed('http-proxy') ? { httpProxy: flags['http-proxy'] } : {}),
  };
}

function namespacesOf(flags: CreateFlags, _changed: Changed, conf: ContainersConf): Partial<CreateOptions> {
  const { uidmap, gidmap, subuidname, subgidname } = flags;
  const mapped = isMapped(flags);
  const usernsText = mapped ? '' : flags.userns || (flags.pod ? '' : (process.env['PODMAN_USERNS'] ?? conf.containers.userns));
  const userns: NamespaceChoice | undefined = mapped ? { kind: 'private' } : usernsText ? parseUserNamespace(usernsText) : undefined;
  const isAuto = userns?.kind === 'auto';
  const choice: Partial<CreateOptions> = {
    ...(flags.pid ? { pid: parseNamespace(flags.pid) } : {}),
    ...(flags.ipc ? { ipc: parseIpcNamespace(flags.ipc) } : {}),
    ...(flags.uts ? { uts: parseNamespace(flags.uts) } : {}),
    ...(flags.cgroupns ? { cgroupns: parseNamespace(flags.cgroupns) } : {}),
    ...(userns ? { userns } : {}),
  };
  if (mapped || isAuto) {
    const { parseIdMapFlags } =
      require('../../container/options/id-map-flags.ts') as typeof import('../../container/options/id-map-flags.ts');
    const idMappings = parseIdMapFlags({ uidmap, gidmap, subuidname, subgidname, ...(isAuto ? { auto: userns?.value ?? '' } : {}) });
    if (idMappings) choice.idMappings = idMappings;
  }
  return choice;
}

function exposeOf(values: string[]): CreateOptions['expose'] {
  verifyExpose(values);
  return parseExpose(values);
}

function imageVolumeMode(flags: CreateFlags, changed: Changed, conf: ContainersConf): string {
  const mode = changed('image-volume') ? flags['image-volume'] : conf.engine.image_volume_mode;
  if (!['anonymous', 'tmpfs', 'ignore', 'bind', ''].includes(mode))
    throw new SelkieError(`invalid image volume mode ${JSON.stringify(mode)} required value: anonymous, tmpfs, ignore`);
  return mode === 'bind' ? 'anonymous' : mode;
}

function sizeOf(flag: string, text: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw new SelkieError(`unable to translate ${flag}: ${(error as Error).message}`, { cause: error });
  }
}

function securityFields({ annotations, mounts, ...fields }: ReturnType<typeof parseSecurityOptions>): Partial<CreateOptions> {
  void annotations;
  void mounts;
  return fields;
}

function resourcesOf(flags: CreateFlags, changed: Changed): Partial<CreateOptions> {
  const resources = parseResources({
    ...limitTexts(flags),
    oomKillDisable: flags['oom-kill-disable'],
    ...(changed('pids-limit') ? { pidsLimit: flags['pids-limit'] } : {}),
    cgroupConf: [...flags['cgroup-conf']],
  });
  return { ...(resources ? { resources } : {}), ...deviceLimits(flags) };
}

function restartOf(flags: CreateFlags): Partial<CreateOptions> {
  if (flags.restart === '') return {};
  const { policy, retries } = parseRestartPolicy(flags.restart);
  return { restartPolicy: policy, restartRetries: retries };
}

function healthOf(flags: CreateFlags, changed: Changed): Partial<CreateOptions> {
  const options: Partial<CreateOptions> = {
    healthcheckOnFailure: parseHealthcheckOnFailure(flags['health-on-failure']),
    healthLog: {
      destination: flags['health-log-destination'],
      maxCount: flags['health-max-log-count'],
      maxSize: flags['health-max-log-size'],
    },
  };
  if (flags['no-healthcheck']) options.healthcheck = { test: ['NONE'] };
  else if (flags['health-cmd'] !== '') {
    options.healthcheck = parseHealthcheck(
      {
        command: flags['health-cmd'],
        interval: flags['health-interval'],
        retries: flags['health-retries'],
        timeout: flags['health-timeout'],
        startPeriod: flags['health-start-period'],
      },
      false,
    );
  } else {
    options.healthcheckOverrides = parseHealthcheckOverrides({
      ...(changed('health-interval') ? { interval: flags['health-interval'] } : {}),
      ...(changed('health-retries') ? { retries: flags['health-retries'] } : {}),
      ...(changed('health-timeout') ? { timeout: flags['health-timeout'] } : {}),
      ...(changed('health-start-period') ? { startPeriod: flags['health-start-period'] } : {}),
    });
  }
  if (flags['health-startup-cmd'] !== '') {
    const check = parseHealthcheck(
      {
        command: flags['health-startup-cmd'],
        interval: flags['health-startup-interval'],
        retries: flags['health-startup-retries'],
        timeout: flags['health-startup-timeout'],
        startPeriod: '1s',
      },
      true,
    );
    delete check.startPeriod;
    options.startupHealthcheck = { ...check, successes: flags['health-startup-success'] };
  }
  return options;
}

function initContainerType(flags: CreateFlags, changed: Changed): 'always' | 'once' {
  if (!changed('pod')) throw new SelkieError('must specify pod value with init-ctr');
  const type = flags['init-ctr'];
  if (type !== 'always' && type !== 'once') throw new SelkieError("init-ctr value must be 'always' or 'once'");
  return type;
}

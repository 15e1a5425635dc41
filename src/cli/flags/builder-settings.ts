import { existsSync } from 'node:fs';
import {
  type CommonBuildOptions,
  defaultCommonOptions,
  defaultNamespaces,
  isolations,
  type NamespaceChoice,
} from '../../build/builder-state.ts';
import type { ContainersConf } from '../../config/containers-conf-types.ts';
import { ramInBytes } from '../../container/options/numbers.ts';
import { SelkieError } from '../../errors.ts';
import type { Parsed } from '../flag.ts';
import { toIsolationKind } from './build-run.ts';
import type { fromAndRun } from './buildah.ts';
import { toNamespaceChoices } from './namespace-choices.ts';

type Flags = Parsed<typeof fromAndRun>;

/** How processes of a working container are limited and what they see. @throws SelkieError, NotYet */
export function toCommonOptions(flags: Flags, given: (name: string) => boolean, conf: ContainersConf): CommonBuildOptions {
  const security = toSecurity(flags['security-opt']);
  return {
    ...defaultCommonOptions(),
    AddHost: [...flags['add-host']],
    CgroupParent: flags['cgroup-parent'],
    CPUPeriod: flags['cpu-period'],
    CPUQuota: flags['cpu-quota'],
    CPUShares: flags['cpu-shares'],
    CPUSetCPUs: flags['cpuset-cpus'],
    CPUSetMems: flags['cpuset-mems'],
    HTTPProxy: flags['http-proxy'],
    Memory: flags.memory === '' ? 0 : bytes(flags.memory, 'memory'),
    MemorySwap: flags['memory-swap'] === '' ? 0 : flags['memory-swap'] === '-1' ? -1 : bytes(flags['memory-swap'], 'memory-swap'),
    DNSSearch: [...flags['dns-search']],
    DNSServers: [...flags.dns],
    DNSOptions: [...flags['dns-option']],
    NoNewPrivileges: security.noNewPrivileges,
    LabelOpts: orNull(security.labels),
    ApparmorProfile: security.apparmor,
    Masks: orNull(security.masks),
    Unmasks: orNull(security.unmasks),
    SeccompProfilePath: security.seccomp ?? conf.containers.seccomp_profile,
    ShmSize: flags['shm-size'] || conf.containers.shm_size || '65536k',
    Ulimit: [...conf.containers.default_ulimits, ...(given('ulimit') ? flags.ulimit : [])],
    Volumes: [...flags.volume],
  };
}

const orNull = (list: string[]): string[] | null => (list.length > 0 ? list : null);

function bytes(text: string, name: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw new SelkieError(`invalid value for ${name}: ${(error as Error).message}`, { cause: error });
  }
}

interface Security {
  seccomp?: string;
  apparmor: string;
  noNewPrivileges: boolean;
  labels: string[];
  masks: string[];
  unmasks: string[];
}

function toSecurity(options: readonly string[]): Security {
  const found: Security = { apparmor: '', noNewPrivileges: false, labels: [], masks: [], unmasks: [] };
  for (const option of options) {
    if (option === 'no-new-privileges') {
      found.noNewPrivileges = true;
      continue;
    }
    const [name = '', value] = option.split(/=(.*)/s);
    if (value === undefined) throw new SelkieError(`invalid --security-opt name=value pair: ${JSON.stringify(option)}`);
    if (name === 'seccomp') found.seccomp = value;
    else if (name === 'label') found.labels.push(value);
    else if (name === 'apparmor') found.apparmor = value;
    else if (name === 'mask') found.masks.push(...value.split(':'));
    else if (name === 'unmask') found.unmasks.push(...value.split(':'));
    else throw new SelkieError(`invalid --security-opt 2: ${JSON.stringify(option)}`);
  }
  return found;
}

/** The number that stands for it in buildah.json. @throws SelkieError */
export const toIsolation = (text: string): number => isolations.indexOf(toIsolationKind(text));

type NamespaceFlags = Pick<Flags, 'network'> & Parameters<typeof toNamespaceChoices>[0];

/** Namespaces, and the network: of the host, none, one of its own, or some by name. @throws SelkieError */
export function toNamespaces(
  flags: NamespaceFlags,
  changed: (name: string) => boolean,
): { namespaces: NamespaceChoice[]; configureNetwork: number } {
  const chosen = toNamespaceChoices(flags, changed);
  const { network } = flags;
  if (network === '') return { namespaces: defaultNamespaces(chosen), configureNetwork: chosen.length > 0 ? 2 : 0 };
  if (network === 'none') return { namespaces: defaultNamespaces(chosen), configureNetwork: 1 };
  // `container` is buildah's word for one of its own.
  const path = ['private', 'container', 'host'].includes(network) ? '' : network.replace(/^ns:/, '');
  if (path.startsWith('/') && !existsSync(path))
    throw new SelkieError(`checking network namespace: faccessat ${path}: no such file or directory`);
  const own = { Name: 'network', Host: network === 'host', Path: path };
  return { namespaces: defaultNamespaces([...chosen, own]), configureNetwork: 2 };
}

/** The flag, else BUILDAH_FORMAT. @throws SelkieError */
export function toBuilderFormat(flag: string, given: boolean): 'oci' | 'docker' {
  const format = given ? flag : process.env['BUILDAH_FORMAT'] || flag;
  if (format !== 'oci' && format !== 'docker') throw new SelkieError(`unrecognized image type ${JSON.stringify(format)}`);
  return format;
}

import { type CommonBuildOptions, defaultCommonOptions, defaultNamespaces, type NamespaceChoice } from '../../build/builder-state.ts';
import type { ContainersConf } from '../../config/containers-conf-types.ts';
import { isRootless } from '../../config/paths.ts';
import { ramInBytes } from '../../container/options/numbers.ts';
import { NotYet, SelkieError } from '../../errors.ts';
import type { Parsed } from '../flag.ts';
import type { fromAndRun } from './buildah.ts';

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
    SeccompProfilePath: security.seccomp ?? conf.containers.seccomp_profile,
    ShmSize: flags['shm-size'] || conf.containers.shm_size || '65536k',
    Ulimit: [...conf.containers.default_ulimits, ...(given('ulimit') ? flags.ulimit : [])],
    Volumes: [...flags.volume],
  };
}

function bytes(text: string, name: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw new SelkieError(`invalid value for ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function toSecurity(options: readonly string[]): { seccomp?: string; noNewPrivileges: boolean } {
  const found: { seccomp?: string; noNewPrivileges: boolean } = { noNewPrivileges: false };
  for (const option of options) {
    if (option === 'no-new-privileges') {
      found.noNewPrivileges = true;
      continue;
    }
    const [name = '', value] = option.split(/=(.*)/s);
    if (value === undefined) throw new SelkieError(`invalid --security-opt name=value pair: ${JSON.stringify(option)}`);
    if (name === 'seccomp') found.seccomp = value;
    else if (name === 'label' || name === 'apparmor') throw new NotYet(`buildah --security-opt ${name}`);
    else throw new SelkieError(`invalid --security-opt 2: ${JSON.stringify(option)}`);
  }
  return found;
}

/** The number that stands for it in buildah.json. @throws NotYet for chroot */
export function toIsolation(text: string): number {
  const wanted = text || process.env['BUILDAH_ISOLATION'] || (isRootless() ? 'rootless' : 'oci');
  if (wanted === 'oci') return 1;
  if (wanted === 'rootless') return 3;
  if (wanted === 'chroot') throw new NotYet('buildah --isolation=chroot');
  throw new SelkieError(`unrecognized $BUILDAH_ISOLATION value ${JSON.stringify(wanted)}`);
}

/** `--network`: of the host, none, or one of its own. @throws SelkieError */
export function toNamespaces({ network }: Pick<Flags, 'network'>): { namespaces: NamespaceChoice[]; configureNetwork: number } {
  switch (network) {
    case '':
      return { namespaces: defaultNamespaces(), configureNetwork: 0 };
    case 'host':
      return { namespaces: defaultNamespaces([{ Name: 'network', Host: true, Path: '' }]), configureNetwork: 2 };
    case 'none':
      return { namespaces: defaultNamespaces(), configureNetwork: 1 };
    case 'private':
    // buildah's word for the same.
    case 'container':
      return { namespaces: defaultNamespaces(), configureNetwork: 2 };
    default:
      throw new NotYet(`buildah --network=${network}`);
  }
}

/** The flag, else BUILDAH_FORMAT. @throws SelkieError */
export function toBuilderFormat(flag: string, given: boolean): 'oci' | 'docker' {
  const format = given ? flag : process.env['BUILDAH_FORMAT'] || flag;
  if (format !== 'oci' && format !== 'docker') throw new SelkieError(`unrecognized image type ${JSON.stringify(format)}`);
  return format;
}

import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, release } from 'node:os';
import { isRootless } from '../../config/paths.ts';
import { hasCapability } from '../../os/capabilities.ts';

const goArchitectures: Record<string, string> = {
  x64: 'amd64',
  ia32: '386',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/** This machine's architecture in Go's words. */
export const hostArchitecture = (): string => goArchitectures[arch()] ?? arch();
export const hostName = (): string => hostname();
export const kernelVersion = (): string => release();
export const cpuCount = (): number => cpus().length;

/** Shares of the processors' time since boot, in percent with two digits. */
export function cpuUtilization(): { userPercent: number; systemPercent: number; idlePercent: number } {
  const fields = read('/proc/stat').split('\n')[0]!.trim().split(/\s+/).map(Number);
  const [, user = 0, , system = 0, idle = 0] = fields;
  const total = user + system + idle || 1;
  const percent = (value: number): number => Math.round((value / total) * 10_000) / 100;
  return { userPercent: percent(user), systemPercent: percent(system), idlePercent: percent(idle) };
}

export interface Distribution {
  distribution: string;
  variant?: string;
  version: string;
  codename?: string;
}

/** What /etc/os-release says; keys that it lacks are left out, as podman's JSON does. */
export function distribution(): Distribution {
  const text = read('/etc/os-release');
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.replace(/^"|"$/g, '') || undefined;
  const variant = value('VARIANT_ID');
  const codename = value('VERSION_CODENAME');
  return {
    distribution: value('ID') ?? 'unknown',
    ...(variant === undefined ? {} : { variant }),
    version: value('VERSION_ID') ?? 'unknown',
    ...(codename === undefined ? {} : { codename }),
  };
}

/** Bytes of memory and swap. MemFree is what the kernel calls so, not what is available. */
export function memory(): { memFree: number; memTotal: number; swapFree: number; swapTotal: number } {
  const text = read('/proc/meminfo');
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { memFree: bytes('MemFree'), memTotal: bytes('MemTotal'), swapFree: bytes('SwapFree'), swapTotal: bytes('SwapTotal') };
}

/** Seconds since boot. */
export const uptimeSeconds = (): number => Number(read('/proc/uptime').split(' ')[0] ?? 0);

/** `3h 24m 11.00s`, and days where it is hours. */
export function uptimeText(seconds: number): string {
  const hours = Math.trunc(seconds / 3600);
  const text = `${hours}h ${Math.trunc(seconds / 60) % 60}m ${(Math.trunc(seconds) % 60).toFixed(2)}s`;
  return hours > 0 ? `${text} (Approximately ${(hours / 24).toFixed(2)} days)` : text;
}

export const hasUnifiedCgroups = (): boolean => existsSync('/sys/fs/cgroup/cgroup.controllers');

/** Names of the cgroup controllers that containers of this user can be limited by. */
export function cgroupControllers(): string[] {
  if (!hasUnifiedCgroups()) return isRootless() ? [] : v1Controllers();
  const own = /^0::(.*)$/m.exec(read('/proc/self/cgroup'))?.[1] ?? '/';
  const file = isRootless() ? `/sys/fs/cgroup${own}/cgroup.controllers` : '/sys/fs/cgroup/cgroup.controllers';
  return read(file).trim().split(' ').filter(Boolean);
}

const v1Order = [
  'cpuset',
  'cpu',
  'cpuacct',
  'blkio',
  'memory',
  'devices',
  'freezer',
  'net_cls',
  'perf_event',
  'net_prio',
  'hugetlb',
  'pids',
  'rdma',
  'misc',
];

function v1Controllers(): string[] {
  const mounted = v1Order.filter((name) => existsSync(`/sys/fs/cgroup/${name}`));
  const known = read('/proc/cgroups')
    .split('\n')
    .map((line) => line.split('\t')[0]!)
    .filter((name) => mounted.includes(name));
  return known.length > 0 ? known : mounted;
}

export const isAppArmorEnabled = (): boolean =>
  read('/sys/module/apparmor/parameters/enabled').startsWith('Y') && hasCapability('CAP_MAC_ADMIN');
export const isSeccompEnabled = (): boolean => /^Seccomp:/m.test(read('/proc/self/status'));

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

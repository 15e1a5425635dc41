import { existsSync, readFileSync } from 'node:fs';
import { isRootless } from '../../config/paths.ts';
import type { NamespaceChoice } from '../create-options.ts';
import type { OciIdMapping, OciMount } from '../oci-spec.ts';
import { cleanPath } from '../options/volume-options.ts';

export interface DefaultMountRequest {
  privileged: boolean;
  unmask: readonly string[];
  procOpts?: string[];
  net: NamespaceChoice;
  user: NamespaceChoice;
  ipc: NamespaceChoice;
  pid: NamespaceChoice;
  gidMap: readonly OciIdMapping[];
  /** The whole /dev is read-only: `--read-only --read-only-tmpfs=false`. */
  devReadOnly: boolean;
}

/** Whether the container gets a user namespace that is not the caller's own. */
export const hasNewUserNamespace = (user: NamespaceChoice): boolean => ['container', 'path', 'private', 'pod', 'auto'].includes(user.kind);

/** /proc, /dev, /sys and what belongs to them; user mounts on the same places replace them. */
export function defaultMounts(request: DefaultMountRequest): OciMount[] {
  const rootless = isRootless();
  const newUser = hasNewUserNamespace(request.user);
  const inUserNamespace = rootless || newUser;
  const mounts: OciMount[] = [
    { destination: '/proc', type: 'proc', source: 'proc', options: request.procOpts ?? ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k', ...(request.devReadOnly ? ['ro'] : [])],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: isMapped(5, request.gidMap)
        ? ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']
        : ['rprivate', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
    },
  ];
  if (kernelHas('mqueue')) {
    mounts.push(
      inUserNamespace && request.ipc.kind === 'host'
        ? { destination: '/dev/mqueue', type: 'bind', source: '/dev/mqueue', options: ['bind', 'nosuid', 'noexec', 'nodev'] }
        : { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    );
  }
  mounts.push(...sysMounts(request, canMountSys(rootless, newUser, request.net)));
  if (inUserNamespace && request.pid.kind === 'host') {
    replace(mounts, {
      destination: '/proc',
      type: 'bind',
      source: '/proc',
      options: request.procOpts ?? ['rbind', 'nosuid', 'noexec', 'nodev'],
    });
  }
  return mounts;
}

function replace(mounts: OciMount[], mount: OciMount): void {
  const at = mounts.findIndex((candidate) => candidate.destination === mount.destination);
  if (at >= 0) mounts.splice(at, 1);
  mounts.push(mount);
}

/** A sysfs of its own can only be mounted by who owns the network namespace. */
function canMountSys(rootless: boolean, newUser: boolean, net: NamespaceChoice): boolean {
  if (net.kind === 'host' && (rootless || newUser)) return false;
  if (newUser) return ['slirp4netns', 'pasta', 'private', 'none', 'bridge'].includes(net.kind);
  return true;
}

function sysMounts(request: DefaultMountRequest, own: boolean): OciMount[] {
  const safe = ['rprivate', 'nosuid', 'noexec', 'nodev'];
  if (!own) {
    const access = request.privileged ? 'rw' : 'ro';
    return [
      { destination: '/sys', type: 'bind', source: '/sys', options: [...safe, access, 'rbind'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: '/sys/fs/cgroup', options: [...safe, access] },
    ];
  }
  const sys: OciMount = request.privileged
    ? { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...safe, 'rw'] }
    : { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] };
  const access = request.privileged || cgroupUnmasked(request.unmask) ? 'rw' : 'ro';
  return [sys, { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...safe, 'relatime', access] }];
}

/** Without a sysfs of its own, rootless, /sys/kernel would show the host's. */
export function hidesKernelSysfs(request: Pick<DefaultMountRequest, 'privileged' | 'net' | 'user'>): boolean {
  const rootless = isRootless();
  return rootless && !request.privileged && !canMountSys(rootless, hasNewUserNamespace(request.user), request.net);
}

function cgroupUnmasked(unmask: readonly string[]): boolean {
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) return false;
  return unmask[0] === 'ALL' || unmask.some((path) => cleanPath(path) === '/sys/fs/cgroup');
}

/** Whether the group is there inside: with mappings, one must hold it; rootless, the caller's namespace must. */
function isMapped(gid: number, gidMap: readonly OciIdMapping[]): boolean {
  if (isRootless() && availableGids() < gid) return false;
  return gidMap.length === 0 || gidMap.some((range) => range.containerID <= gid && gid < range.containerID + range.size);
}

/** How many groups the current user namespace has. */
export function availableGids(): number {
  try {
    return readFileSync('/proc/self/gid_map', 'latin1')
      .trim()
      .split('\n')
      .reduce((total, line) => total + Number(line.trim().split(/\s+/)[2]), 0);
  } catch {
    return 2 ** 32 - 1;
  }
}

function kernelHas(fileSystem: string): boolean {
  try {
    return new RegExp(`\\b${fileSystem}$`, 'm').test(readFileSync('/proc/filesystems', 'latin1'));
  } catch {
    return false;
  }
}

/** User mounts first, then the defaults that they leave: a user's /dev takes all below it away. */
export function supersedeMounts(user: OciMount[], defaults: OciMount[]): OciMount[] {
  if (user.length === 0) return defaults;
  const taken = new Set(user.map((mount) => cleanPath(mount.destination)));
  return [
    ...user,
    ...defaults.filter(({ destination }) => !taken.has(cleanPath(destination)) && !(taken.has('/dev') && destination.startsWith('/dev/'))),
  ];
}

/** Parents before what lies below them; else the order stays. */
export function sortMounts(mounts: readonly OciMount[]): OciMount[] {
  const depth = (mount: OciMount) => (cleanPath(mount.destination) === '/' ? 0 : cleanPath(mount.destination).split('/').length);
  return mounts
    .map((mount, index) => ({ mount, index, depth: depth(mount) }))
    .sort((a, b) => a.depth - b.depth || a.index - b.index)
    .map(({ mount }) => mount);
}

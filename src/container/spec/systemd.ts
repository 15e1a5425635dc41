import { existsSync } from 'node:fs';
import { OsError } from '../../os/libc.ts';
import { mountFlags } from '../../os/statvfs.ts';
import type { Container } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { OciMount, OciSpec } from '../oci-spec.ts';

/** What systemd as the first process wants: tmpfs on /run, /run/lock, /tmp and /var/log/journal, its cgroup writable, an ID. */
export function addSystemd(spec: OciSpec, { config, id }: Container): void {
  const process = spec.process!;
  process.env ??= [];
  const { env } = process;
  if (!env.some((entry) => entry.startsWith('container_uuid='))) env.push(`container_uuid=${id.slice(0, 32)}`);
  spec.mounts ??= [];
  const { mounts } = spec;
  const has = (destination: string) => mounts.some((mount) => mount.destination === destination);
  const size = config.shmSizeSystemd ? [`size=${config.shmSizeSystemd}`] : [];
  for (const destination of ['/run', '/run/lock', '/tmp', '/var/log/journal']) {
    if (!has(destination))
      mounts.push({ destination, type: 'tmpfs', source: 'tmpfs', options: ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup', ...size] });
  }
  const ownCgroup = spec.linux?.namespaces?.some(({ type }) => type === 'cgroup') ?? false;
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) {
    spec.mounts = [...mounts.filter(({ destination }) => destination !== '/sys/fs/cgroup'), unifiedCgroup(ownCgroup)];
    return;
  }
  if (has('/sys/fs/cgroup/systemd')) return;
  if (ownCgroup) throw new InvalidOption('cgroup namespace is not supported with cgroup v1 and systemd mode');
  const options = systemdCgroupOptions();
  if (!options) return;
  mounts.push({ destination: '/sys/fs/cgroup/systemd', type: 'bind', source: '/sys/fs/cgroup/systemd', options });
  const linux = spec.linux!;
  linux.maskedPaths = [...(linux.maskedPaths ?? []), '/sys/fs/cgroup/systemd/release_agent'];
}

function unifiedCgroup(own: boolean): OciMount {
  const destination = '/sys/fs/cgroup';
  return own
    ? { destination, type: 'cgroup', source: 'cgroup', options: ['private', 'rw'] }
    : { destination, type: 'bind', source: destination, options: ['bind', 'private', 'rw'] };
}

/** How the host has it mounted; undefined where it has not. */
function systemdCgroupOptions(): string[] | undefined {
  try {
    const flags = mountFlags('/sys/fs/cgroup/systemd');
    return [
      'bind',
      'rprivate',
      ...(flags.nodev ? ['nodev'] : []),
      ...(flags.noexec ? ['noexec'] : []),
      ...(flags.nosuid ? ['nosuid'] : []),
      ...(flags.readOnly ? ['ro'] : []),
    ];
  } catch (error) {
    if (error instanceof OsError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

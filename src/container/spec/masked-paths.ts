import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { reportError } from '../../diagnostics.ts';
import type { OciLinux } from '../oci-spec.ts';

const masked = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
  '/proc/interrupts',
];
const readonly = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The counters of each CPU's thermal events; one look tells whether this machine has them. */
function thermalThrottlePaths(): string[] {
  const of = (cpu: number) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`;
  if (!existsSync(of(0))) return [];
  return Array.from({ length: availableParallelism() }, (_, cpu) => of(cpu)).filter((path) => existsSync(path));
}

/** Which parts of /proc and /sys the container does not see or cannot write, with `--security-opt mask=, unmask=` applied. */
export function kernelPaths(
  privileged: boolean,
  mask: readonly string[],
  unmask: readonly string[],
): Pick<OciLinux, 'maskedPaths' | 'readonlyPaths'> {
  const hidden = privileged ? [] : [...masked, ...thermalThrottlePaths()].filter((path) => !isUnmasked(path, unmask));
  const fixed = privileged ? [] : readonly.filter((path) => !isUnmasked(path, unmask));
  for (const path of mask) {
    if (path !== '' && !path.startsWith('/')) reportError(`Path ${JSON.stringify(path)} is not an absolute path, skipping...`);
    else hidden.push(path);
  }
  return {
    ...(hidden.length > 0 ? { maskedPaths: hidden } : {}),
    ...(fixed.length > 0 ? { readonlyPaths: fixed } : {}),
  };
}

function isUnmasked(path: string, unmask: readonly string[]): boolean {
  return unmask.some((entry) => entry.toLowerCase() === 'all' || entry.split(':').some((pattern) => globMatches(pattern, path)));
}

/** Go's `filepath.Match` for patterns of `*`, `?` and classes. */
function globMatches(pattern: string, path: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === path;
  const source = pattern
    .replace(/[.+^${}()|]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  try {
    return new RegExp(`^${source}$`).test(path);
  } catch {
    reportError('syntax error in pattern');
    return false;
  }
}

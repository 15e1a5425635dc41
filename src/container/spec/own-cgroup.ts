import { readFileSync } from 'node:fs';
import { InvalidOption } from '../create-errors.ts';

/** The cgroup that this process is in, as the container's parent: not the root. */
export function ownCgroup(): string {
  const lines = readFileSync('/proc/self/cgroup', 'latin1').trim().split('\n');
  const unified = lines.find((line) => line.startsWith('0::'))?.slice(3);
  const path =
    lines.length === 1 && unified !== undefined
      ? unified
      : (lines.find((line) => line.includes(':memory:'))?.split(':')[2] ?? unified ?? '/');
  if (path === '/') throw new InvalidOption('could not find cgroup mount in "/proc/self/cgroup"');
  return path;
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processStat } from '../os/process.ts';
import type { Container } from './container.ts';

/** A process of a container as /proc tells it. */
export interface ContainerProcess {
  /** On the host. */
  hostPid: number;
  status: Map<string, string>;
  /** By the numbers of proc(5). */
  stat: string[];
  args: string;
}

/** The container's processes: those of its pid namespace, or with the host's namespace those of its cgroup. */
export function containerProcesses({ config, state }: Container): ContainerProcess[] {
  const pids = config.namespaces.pid.kind === 'host' ? descendants(state.pid) : inNamespace(state.pid);
  return pids.flatMap((pid) => {
    const stat = processStat(pid);
    if (stat === undefined) return [];
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ hostPid: pid, stat, status: parseStatus(status), args: args === '' ? `[${stat[2]}]` : args }];
    } catch {
      return [];
    }
  });
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);
}

function inNamespace(pid: number): number[] {
  const namespaceOf = (of: number): string => {
    try {
      return readlinkSync(`/proc/${of}/ns/pid`);
    } catch {
      return '';
    }
  };
  const wanted = namespaceOf(pid);
  return wanted === '' ? [] : allPids().filter((one) => namespaceOf(one) === wanted);
}

function descendants(pid: number): number[] {
  const parents = new Map(allPids().map((one) => [one, Number(processStat(one)?.[4] ?? 0)]));
  const found = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [one, parent] of parents) {
      if (!found.has(one) && found.has(parent)) {
        found.add(one);
        grown = true;
      }
    }
  }
  return [...found];
}

const parseStatus = (text: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .flatMap((line) =>
        line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const] : [],
      ),
  );

import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { instantOf } from '../image/instant.ts';
import { nowInstant } from './clock.ts';
import type { Container } from './container.ts';

/** What a container uses at one moment; bytes and nanoseconds. */
export interface ContainerStats {
  id: string;
  name: string;
  time: bigint;
  cpuNanoseconds: bigint;
  /** Percent of one processor since the reading before, or since the start. */
  cpu: number;
  averageCpu: number;
  memory: number;
  memoryLimit: number;
  netInput: number;
  netOutput: number;
  blockInput: number;
  blockOutput: number;
  pids: number;
}

const root = '/sys/fs/cgroup';

/** Reads the container's cgroup. @param before an earlier reading, for the present use of the processor */
export function readStats(container: Container, before?: ContainerStats): ContainerStats {
  const { state, config } = container;
  const groups = cgroupsOf(state.pid);
  const isUnified = existsSync(join(root, 'cgroup.controllers'));
  const numbers = isUnified ? unifiedNumbers(join(root, groups.get('') ?? '')) : legacyNumbers(groups);
  const time = nowInstant();
  const started = instantOf(state.started);
  const averageCpu = percent(numbers.cpuNanoseconds, time - started);
  const cpu = before === undefined ? averageCpu : percent(numbers.cpuNanoseconds - before.cpuNanoseconds, time - before.time);
  const [netInput, netOutput] = config.network.mode === 'host' ? [0, 0] : networkBytes(state.pid);
  return { id: config.id, name: config.name, time, cpu, averageCpu, netInput, netOutput, ...numbers };
}

/** What is shown of a container that does not run. */
export const idleStats = ({ config }: Container): ContainerStats => ({
  id: config.id,
  name: config.name,
  time: nowInstant(),
  cpuNanoseconds: 0n,
  cpu: 0,
  averageCpu: 0,
  memory: 0,
  memoryLimit: 0,
  netInput: 0,
  netOutput: 0,
  blockInput: 0,
  blockOutput: 0,
  pids: 0,
});

const percent = (part: bigint, whole: bigint): number => (whole <= 0n ? 0 : (Number(part) / Number(whole)) * 100);

type Numbers = Pick<ContainerStats, 'cpuNanoseconds' | 'memory' | 'memoryLimit' | 'blockInput' | 'blockOutput' | 'pids'>;

/** Path by controller; '' is the unified hierarchy. */
function cgroupsOf(pid: number): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of read(`/proc/${pid}/cgroup`).split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === '') continue;
    for (const controller of controllers.split(',')) groups.set(controller, path);
  }
  return groups;
}

function unifiedNumbers(path: string): Numbers {
  const cpu = keyed(read(join(path, 'cpu.stat')));
  const memory = keyed(read(join(path, 'memory.stat')));
  const [blockInput, blockOutput] = [/rbytes=(\d+)/g, /wbytes=(\d+)/g].map((pattern) =>
    [...read(join(path, 'io.stat')).matchAll(pattern)].reduce((sum, [, bytes]) => sum + Number(bytes), 0),
  );
  return {
    cpuNanoseconds: BigInt(cpu.get('usage_usec') ?? '0') * 1000n,
    memory: Math.max(0, number(join(path, 'memory.current')) - Number(memory.get('inactive_file') ?? 0)),
    memoryLimit: limit(number(join(path, 'memory.max'))),
    blockInput: blockInput!,
    blockOutput: blockOutput!,
    pids: number(join(path, 'pids.current')),
  };
}

function legacyNumbers(groups: Map<string, string>): Numbers {
  const at = (controller: string, file: string): string => join(root, controller, groups.get(controller) ?? '', file);
  const memory = keyed(read(at('memory', 'memory.stat')));
  let blockInput = 0;
  let blockOutput = 0;
  for (const line of read(at('blkio', 'blkio.throttle.io_service_bytes_recursive')).split('\n')) {
    const [, kind, bytes] = line.split(' ');
    if (kind === 'Read') blockInput += Number(bytes);
    else if (kind === 'Write') blockOutput += Number(bytes);
  }
  return {
    cpuNanoseconds: BigInt(read(at('cpuacct', 'cpuacct.usage')).trim() || '0'),
    memory: Math.max(0, number(at('memory', 'memory.usage_in_bytes')) - Number(memory.get('total_inactive_file') ?? 0)),
    memoryLimit: limit(number(at('memory', 'memory.limit_in_bytes'))),
    blockInput,
    blockOutput,
    pids: number(at('pids', 'pids.current')),
  };
}

/** No limit is the machine's memory. */
const limit = (bytes: number): number => (bytes <= 0 || bytes > totalmem() ? totalmem() : bytes);

const number = (path: string): number => Number(read(path).trim()) || 0;

const keyed = (text: string): Map<string, string> => new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));

function networkBytes(pid: number): [number, number] {
  let [input, output] = [0, 0];
  for (const line of read(`/proc/${pid}/net/dev`).split('\n').slice(2)) {
    const [name = '', rest = ''] = line.split(':');
    if (name.trim() === 'lo' || rest === '') continue;
    const fields = rest.trim().split(/\s+/);
    input += Number(fields[0]);
    output += Number(fields[8]);
  }
  return [input, output];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

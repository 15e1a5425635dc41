import type { ContainerStats } from '../../container/stats.ts';
import { goDurationString } from './go-time.ts';
import { humanSize } from './units.ts';

/** A line of `stats`. Getters are the names that templates may use. */
export class StatsRow {
  static readonly goType = 'containers.containerStats';
  readonly #stats: ContainerStats;
  readonly #truncate: boolean;

  constructor(stats: ContainerStats, truncate: boolean) {
    this.#stats = stats;
    this.#truncate = truncate;
  }

  get ID(): string {
    return this.#truncate ? this.#stats.id.slice(0, 12) : this.#stats.id;
  }
  get ContainerID(): string {
    return this.#stats.id;
  }
  get Container(): string {
    return this.ID;
  }
  get Name(): string {
    return this.#stats.name;
  }
  get CPU(): number {
    return this.#stats.cpu;
  }
  get CPUPerc(): string {
    return `${this.#stats.cpu.toFixed(2)}%`;
  }
  get AVGCPU(): string {
    return `${this.#stats.averageCpu.toFixed(2)}%`;
  }
  get AvgCPU(): number {
    return this.#stats.averageCpu;
  }
  get MemUsage(): string {
    return `${humanSize(this.#stats.memory)} / ${humanSize(this.#stats.memoryLimit)}`;
  }
  get MemUsageBytes(): string {
    const bytes = (size: number): string => {
      const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
      let at = 0;
      let value = size;
      for (; value >= 1024 && at < units.length - 1; at++) value /= 1024;
      return `${Number(value.toPrecision(4))}${units[at]}`;
    };
    return `${bytes(this.#stats.memory)} / ${bytes(this.#stats.memoryLimit)}`;
  }
  get MemLimit(): number {
    return this.#stats.memoryLimit;
  }
  get Mem(): string {
    return this.MemPerc;
  }
  get MemPerc(): string {
    return `${(this.#stats.memoryLimit === 0 ? 0 : (this.#stats.memory / this.#stats.memoryLimit) * 100).toFixed(2)}%`;
  }
  get NetIO(): string {
    return `${humanSize(this.#stats.netInput)} / ${humanSize(this.#stats.netOutput)}`;
  }
  get NetInput(): number {
    return this.#stats.netInput;
  }
  get NetOutput(): number {
    return this.#stats.netOutput;
  }
  get BlockIO(): string {
    return `${humanSize(this.#stats.blockInput)} / ${humanSize(this.#stats.blockOutput)}`;
  }
  get BlockInput(): number {
    return this.#stats.blockInput;
  }
  get BlockOutput(): number {
    return this.#stats.blockOutput;
  }
  get PIDs(): number {
    return this.#stats.pids;
  }
  get PIDS(): string {
    return String(this.#stats.pids);
  }
  get UpTime(): string {
    return goDurationString(Number(this.#stats.cpuNanoseconds));
  }
  get Up(): string {
    return this.UpTime;
  }
  get CPUNano(): number {
    return Number(this.#stats.cpuNanoseconds);
  }

  /** podman's JSON: texts. */
  get json(): object {
    return {
      id: this.ID,
      name: this.Name,
      cpu_time: this.UpTime,
      cpu_percent: this.CPUPerc,
      avg_cpu: this.AVGCPU,
      mem_usage: this.MemUsage,
      mem_percent: this.MemPerc,
      net_io: this.NetIO,
      block_io: this.BlockIO,
      pids: this.PIDS,
    };
  }
}

export const statsHeadings = {
  ID: 'ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  AVGCPU: 'AVG CPU %',
  UpTime: 'CPU TIME',
  MemUsage: 'MEM USAGE / LIMIT',
  MemUsageBytes: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET IO',
  BlockIO: 'BLOCK IO',
  PIDS: 'PIDS',
};

export const statsRow =
  '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}\t{{.UpTime}}\t{{.AVGCPU}}';

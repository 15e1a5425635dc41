import type { PodContainerStats } from '../../pod/stats.ts';
import { renderReport } from './report.ts';
import { renderTable } from './table.ts';
import { bytesSize, humanSize } from './units.ts';

/** A line of `pod stats`: texts, under the names that templates may use. */
export class PodStatsRow {
  readonly CPU: string;
  readonly MemUsage: string;
  readonly MemUsageBytes: string;
  readonly Mem: string;
  readonly NetIO: string;
  readonly BlockIO: string;
  readonly PIDS: string;
  readonly Pod: string;
  readonly CID: string;
  readonly Name: string;

  constructor({ pod, id, name, stats }: PodContainerStats) {
    const { cpu = 0, memory = 0, memoryLimit = 0, netInput = 0, netOutput = 0, blockInput = 0, blockOutput = 0, pids = 0 } = stats ?? {};
    this.CPU = percent(cpu);
    this.MemUsage = pair(memory, memoryLimit, humanSize);
    this.MemUsageBytes = pair(memory, memoryLimit, bytesSize);
    this.Mem = percent(memoryLimit > 0 ? (memory / memoryLimit) * 100 : 0);
    this.NetIO = pair(netInput, netOutput, humanSize);
    this.BlockIO = pair(blockInput, blockOutput, humanSize);
    this.PIDS = pids > 0 ? String(pids) : '--';
    this.Pod = pod.slice(0, 12);
    this.CID = id.slice(0, 12);
    this.Name = name;
  }
}

const percent = (value: number): string => `${value.toFixed(2)}%`;
const pair = (one: number, other: number, show: (size: number) => string): string =>
  one === 0 && other === 0 ? '-- / --' : `${show(one)} / ${show(other)}`;

const standard = ['POD', 'CID', 'NAME', 'CPU %', 'MEM USAGE/ LIMIT', 'MEM %', 'NET IO', 'BLOCK IO', 'PIDS'];
const headings = { CPU: 'CPU %', MemUsage: 'MEM USAGE/ LIMIT', MemUsageBytes: 'MEM USAGE/ LIMIT', BlockIO: 'BLOCK IO' };

/** A table, or by the template; of nothing the table says so. */
export function showPodStats(rows: readonly PodStatsRow[], format: string): string {
  if (format !== '') {
    // podman gives headings here for a format without `table` as well
    const table = format.startsWith('table') ? format : `table ${format}`;
    return rows.length === 0 ? '' : renderReport(rows, { name: 'stats', format: table, standard: '', headings });
  }
  const cells = rows.map((row) => [row.Pod, row.CID, row.Name, row.CPU, row.MemUsage, row.Mem, row.NetIO, row.BlockIO, row.PIDS]);
  return renderTable(standard, cells.length > 0 ? cells : [standard.map(() => '--')]);
}

import type { CheckpointReport } from '../container/checkpoint/checkpoint.ts';
import { SelkieError } from '../errors.ts';
import { prettyJson } from './output/report.ts';
import { throwLast } from './output/several-errors.ts';
import { writeOut } from './streams.ts';

/** What became of each container that was saved or restored. */
export class CheckpointResults {
  readonly #start = performance.now();
  readonly #done: { id: string; typed: string; report: CheckpointReport }[] = [];
  readonly #errors: Error[] = [];

  constructor(readonly what: 'checkpoint' | 'restore') {}

  async add(id: string, typed: string, work: () => Promise<CheckpointReport>): Promise<void> {
    await this.attempt(async () => void this.#done.push({ id, typed, report: await work() }));
  }

  /** What fails keeps nobody else from his turn. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** Names, or durations in microseconds; then fails with the last failure. */
  print(statistics: boolean): void {
    if (statistics) writeOut(`${prettyJson(this.#statistics())}\n`);
    else for (const { typed } of this.#done) writeOut(`${typed}\n`);
    throwLast(this.#errors);
  }

  #statistics(): object {
    const containers = this.#done.map(({ id, report: { runtimeDuration, statistics } }) => ({
      Id: id,
      [`runtime_${this.what}_duration`]: runtimeDuration,
      ...(statistics ? { criu_statistics: statistics } : {}),
    }));
    return {
      [`podman_${this.what}_duration`]: Math.round((performance.now() - this.#start) * 1000),
      container_statistics: containers.length > 0 ? containers : null,
    };
  }
}

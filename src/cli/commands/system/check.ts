import { SelkieError } from '../../../errors.ts';
import type { CheckReport } from '../../../storage/check.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class SystemCheck extends SelkieCommand {
  static override summary = 'Look for damage in the store';
  static override examples = ['system check', 'system check --repair'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'With --repair, remove damaged containers too' }),
    max: flag.duration({ short: 'm', defaultText: '24h0m0s', summary: 'Accept unused layers of this age' }),
    quick: flag.bool({ short: 'q', summary: 'Skip what takes long' }),
    repair: flag.bool({ short: 'r', summary: 'Remove what is damaged' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags, changed } = this.parse(SystemCheck);
    using engine = openContainers(this.globals);
    const options = { layerContents: !flags.quick, ...(changed('max') ? { maximumUnreferencedAgeMs: flags.max } : {}) };
    const report = await engine.store.check(options);
    this.showDamage('layer', report.layers);
    this.showDamage('read-only layer', report.readOnlyLayers);
    this.showDamage('image', report.images);
    this.showDamage('read-only image', report.readOnlyImages);
    this.showDamage('container', report.containers);
    if (!flags.repair && !flags.force) {
      if (isDamaged(report)) throw new SelkieError('damage detected in local storage');
      return;
    }
    const { repairStore } = await import('../../../storage/repair.ts');
    const { images, containers, errors } = repairStore(engine.store, report, {
      removeContainers: flags.force,
      keep: engine.state.list().map(({ id }) => id),
    });
    for (const id of images) this.out(`Deleted damaged image: ${id}`);
    for (const id of containers) {
      engine.state.removeContainer(id);
      this.out(`Deleted damaged container: ${id}`);
    }
    const [error] = errors;
    if (error !== undefined) throw error;
    if (isDamaged(await engine.store.check(options))) throw new SelkieError('damage in local storage still present after repair attempt');
  }

  /** As podman lists several errors at once. */
  private showDamage(kind: string, found: ReadonlyMap<string, string[]>): void {
    for (const [id, problems] of found) {
      const heading = problems.length === 1 ? '1 error occurred:' : `${problems.length} errors occurred:`;
      this.out(`Damaged ${kind} ${id}:\n${heading}\n${problems.map((problem) => `\t* ${problem}\n`).join('')}`);
    }
  }
}

const isDamaged = (report: CheckReport): boolean => Object.values(report).some((found: Map<string, string[]>) => found.size > 0);

import { prunePods } from '../../../pod/prune.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class PodPrune extends SelkieCommand {
  static override summary = 'Remove pods without running containers';
  static override examples = ['pod prune'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(PodPrune);
    if (!flags.force) {
      this.out('WARNING! This will remove all stopped/exited pods..');
      if (!confirm('Are you sure you want to continue? [y/N] ')) return;
    }
    using engine = openContainers(this.globals);
    const reports = await prunePods(engine);
    for (const { id, error } of reports) if (error === undefined) this.out(id);
    throwLast(reports.flatMap(({ error }) => error ?? []));
  }
}

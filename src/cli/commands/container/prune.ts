import { pruneContainers } from '../../../container/prune.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class ContainerPrune extends SelkieCommand {
  static override summary = 'Remove stopped containers';
  static override examples = ['container prune', 'container prune --filter until=24h'];
  static override flags = {
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(ContainerPrune);
    if (!flags.force && !confirm('WARNING! This will remove all non running containers.\nAre you sure you want to continue? [y/N] '))
      return;
    using engine = openContainers(this.globals);
    const reports = await pruneContainers(engine, flags.filter);
    for (const { id, error } of reports) if (error === undefined) this.out(id);
    throwLast(reports.flatMap(({ error }) => (error === undefined ? [] : [error])));
  }
}

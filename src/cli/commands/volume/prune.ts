import { prunableVolumes, pruneVolumes } from '../../../container/volume-use.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class VolumePrune extends SelkieCommand {
  static override summary = 'Remove anonymous volumes that no container uses';
  static override examples = ['volume prune', 'volume prune --all'];
  static override flags = {
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(VolumePrune);
    using engine = openContainers(this.globals);
    if (!flags.force) {
      this.out('WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:');
      const volumes = prunableVolumes(engine, flags.filter);
      if (volumes.length === 0) {
        this.out('No dangling volumes found');
        return;
      }
      for (const { name } of volumes) this.out(name);
      if (!confirm('Are you sure you want to continue? [y/N] ')) return;
    }
    const reports = await pruneVolumes(engine, flags.filter);
    for (const { name, error } of reports) if (error === undefined) this.out(name);
    throwLast(reports.flatMap(({ error }) => (error === undefined ? [] : [error])));
  }
}

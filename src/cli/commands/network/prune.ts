import { pruneNetworks } from '../../../container/network-use.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class NetworkPrune extends SelkieCommand {
  static override summary = 'Remove networks that no container uses';
  static override examples = ['network prune'];
  static override flags = {
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags } = this.parse(NetworkPrune);
    if (!flags.force) {
      this.out('WARNING! This will remove all networks not used by at least one container.');
      if (!confirm('Are you sure you want to continue? [y/N] ')) return;
    }
    using engine = openContainers(this.globals);
    const { removed, errors } = pruneNetworks(engine, openNetworkStore(this.globals), flags.filter);
    for (const name of removed) this.out(name);
    throwLast(errors);
  }
}

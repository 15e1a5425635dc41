import { NoContainers, WrongState } from '../../../container/errors.ts';
import { NotBridged, reloadContainerNetwork } from '../../../container/network-changes.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class NetworkReload extends SelkieCommand {
  static override summary = 'Make the firewall rules of containers again';
  static override description = 'For when something else has flushed them.';
  static override examples = ['network reload --all'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(NetworkReload);
    using engine = openContainers(this.globals);
    const all = engine.state.list();
    const latest = all.at(-1);
    if (flags.latest && latest === undefined) throw new NoContainers();
    const containers = flags.all ? all : flags.latest ? [latest!] : args.map((name) => engine.state.lookup(name));
    const errors: Error[] = [];
    for (const container of containers) {
      try {
        await reloadContainerNetwork(engine, container);
        this.out(container.id);
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        if (!flags.all || !(error instanceof WrongState || error instanceof NotBridged)) errors.push(error);
      }
    }
    throwLast(errors);
  }
}

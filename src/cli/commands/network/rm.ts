import type { Container } from '../../../container/container.ts';
import { freeNetwork, NetworkInUse, noteNetwork } from '../../../container/network-use.ts';
import { removeContainer } from '../../../container/remove.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchNetwork } from '../../../network/errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class NetworkRm extends SelkieCommand {
  static override summary = 'Remove networks';
  static override examples = ['network rm mynet'];
  static override usage = 'NETWORK [NETWORK...]';
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Remove its containers too' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { min: 1, complete: ['networks'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(NetworkRm);
    if (changed('time') && !flags.force) throw new SelkieError('--force option must be specified to use the --time option');
    const store = openNetworkStore(this.globals);
    using engine = openContainers(this.globals);
    const timeout = changed('time') ? flags.time : undefined;
    const remove = async (container: Container): Promise<void> => {
      await removeContainer(engine, container, { force: true, volumes: true, timeout, depend: container.config.isInfra });
    };
    const errors: Error[] = [];
    for (const name of args) {
      try {
        await freeNetwork(engine, store, name, flags.force ? remove : undefined);
        const network = store.remove(name);
        noteNetwork(engine, 'remove', network);
        this.out(name);
      } catch (error) {
        if (flags.force && error instanceof NoSuchNetwork) continue;
        if (!(error instanceof SelkieError)) throw error;
        const exitCode = error instanceof NoSuchNetwork ? 1 : error instanceof NetworkInUse ? 2 : error.exitCode;
        errors.push(new SelkieError(error.message, { cause: error, exitCode }));
        if (error instanceof NetworkInUse) break;
      }
    }
    throwLast(errors);
  }
}

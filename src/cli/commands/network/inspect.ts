import { networkMembers } from '../../../container/network-use.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchNetwork } from '../../../network/errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { printInspected } from '../../output/inspected.ts';
import { networkView } from '../../output/network-view.ts';

export default class NetworkInspect extends SelkieCommand {
  static override summary = 'Show all that is known about networks';
  static override examples = ['network inspect podman'];
  static override usage = 'NETWORK [NETWORK...]';
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { min: 1, complete: ['networks'] };

  override run(): void {
    const { flags, args } = this.parse(NetworkInspect);
    const store = openNetworkStore(this.globals);
    using engine = openContainers(this.globals);
    const found: object[] = [];
    const errors: Error[] = [];
    for (const name of args) {
      try {
        const network = store.find(name);
        found.push(networkView(network, networkMembers(engine, network.name)));
      } catch (error) {
        if (!(error instanceof NoSuchNetwork)) throw error;
        errors.push(new SelkieError(`network ${name}: ${error.message}`, { cause: error }));
      }
    }
    printInspected(
      found.map((data) => ({ type: 'network', data })),
      flags.format,
      errors,
      false,
    );
  }
}

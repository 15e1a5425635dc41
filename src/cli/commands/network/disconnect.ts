import { disconnectContainer } from '../../../container/network-changes.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class NetworkDisconnect extends SelkieCommand {
  static override summary = 'Disconnect a container from a network';
  static override examples = ['network disconnect mynet web'];
  static override usage = 'NETWORK CONTAINER';
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Disconnect even while it runs' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['networks', 'containers'] };

  override async run(): Promise<void> {
    const { args } = this.parse(NetworkDisconnect);
    using engine = openContainers(this.globals);
    await disconnectContainer(engine, args[1]!, args[0]!);
  }
}

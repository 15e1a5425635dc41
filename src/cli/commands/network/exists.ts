import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openNetworkStore } from '../../engine.ts';

export default class NetworkExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a network';
  static override examples = ['network exists mynet'];
  static override usage = 'NETWORK';
  static override args: Arguments = { min: 1, max: 1, complete: ['networks'] };

  override run(): void {
    const { args } = this.parse(NetworkExists);
    if (!openNetworkStore(this.globals).exists(args[0]!)) this.exitCode = 1;
  }
}

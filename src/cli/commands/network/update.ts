import { updateNetwork } from '../../../network/update-network.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class NetworkUpdate extends SelkieCommand {
  static override summary = 'Change the name servers of a network';
  static override examples = ['network update mynet --dns-add 9.9.9.9'];
  static override usage = 'NETWORK';
  static override flags = {
    'dns-add': flag.strings({ summary: 'Name server to add' }),
    'dns-drop': flag.strings({ summary: 'Name server to take away' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['networks'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(NetworkUpdate);
    await updateNetwork(openNetworkStore(this.globals), args[0]!, flags['dns-add'], flags['dns-drop']);
    this.out(args[0]!);
  }
}

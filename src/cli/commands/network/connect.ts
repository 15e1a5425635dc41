import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkConnect extends SelkieCommand {
  static override summary = 'Connect a container to a network';
  static override examples = ['network connect mynet web', 'network connect --alias db mynet postgres'];
  static override usage = 'NETWORK CONTAINER';
  static override flags = {
    alias: flag.strings({ summary: 'Another name under which the network knows the container' }),
    ip: flag.ip({ summary: 'IPv4 address' }),
    ip6: flag.ip({ summary: 'IPv6 address' }),
    'mac-address': flag.string({ summary: 'MAC address' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['networks', 'containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkConnect extends SelkieCommand {
  static override summary = '';
  static override usage = 'NETWORK CONTAINER';
  static override flags = {
    alias: flag.strings({ summary: '' }),
    ip: flag.ip({ summary: '' }),
    ip6: flag.ip({ summary: '' }),
    'mac-address': flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['networks', 'containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

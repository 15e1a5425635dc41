import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkDisconnect extends SelkieCommand {
  static override summary = 'Disconnect a container from a network';
  static override examples = ['network disconnect mynet web'];
  static override usage = 'NETWORK CONTAINER';
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Disconnect even while it runs' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['networks', 'containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

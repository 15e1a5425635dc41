import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkInspect extends SelkieCommand {
  static override summary = '';
  static override usage = 'NETWORK [NETWORK...]';
  static override flags = {
    format: flag.string({ short: 'f', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['networks'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

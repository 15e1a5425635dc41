import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkUpdate extends SelkieCommand {
  static override summary = '';
  static override usage = 'NETWORK';
  static override flags = {
    'dns-add': flag.strings({ summary: '' }),
    'dns-drop': flag.strings({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['networks'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

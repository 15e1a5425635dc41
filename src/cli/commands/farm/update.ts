import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class FarmUpdate extends SelkieCommand {
  static override summary = '';
  static override usage = 'FARM';
  static override flags = {
    add: flag.strings({ short: 'a', summary: '' }),
    default: flag.bool({ short: 'd', summary: '' }),
    remove: flag.strings({ short: 'r', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['farms'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

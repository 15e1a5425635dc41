import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionList extends SelkieCommand {
  static override summary = '';
  static override flags = {
    format: flag.string({ short: 'f', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

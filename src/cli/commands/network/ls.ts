import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class NetworkLs extends SelkieCommand {
  static override summary = '';
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    'no-trunc': flag.bool({ summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemCheck extends SelkieCommand {
  static override summary = '';
  static override flags = {
    force: flag.bool({ short: 'f', summary: '' }),
    max: flag.duration({ short: 'm', defaultText: '24h0m0s', summary: '' }),
    quick: flag.bool({ short: 'q', summary: '' }),
    repair: flag.bool({ short: 'r', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

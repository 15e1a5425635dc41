import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemCheck extends SelkieCommand {
  static override summary = 'Look for damage in the store';
  static override examples = ['system check', 'system check --repair'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'With --repair, remove damaged containers too' }),
    max: flag.duration({ short: 'm', defaultText: '24h0m0s', summary: 'Accept unused layers of this age' }),
    quick: flag.bool({ short: 'q', summary: 'Skip what takes long' }),
    repair: flag.bool({ short: 'r', summary: 'Remove what is damaged' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

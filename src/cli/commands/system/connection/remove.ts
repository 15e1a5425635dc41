import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionRemove extends SelkieCommand {
  static override summary = 'Forget connections';
  static override examples = ['system connection remove mine'];
  static override usage = 'NAME';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every connection' }),
    force: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { min: 1, max: 1, unless: ['all'], complete: ['connections'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

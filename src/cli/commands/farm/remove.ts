import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class FarmRemove extends SelkieCommand {
  static override summary = 'Remove farms';
  static override examples = ['farm remove mine'];
  static override usage = '[FARM...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every farm' }),
  };
  static override args: Arguments = { complete: ['farms'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

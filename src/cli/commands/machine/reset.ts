import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineReset extends SelkieCommand {
  static override summary = 'Remove all machines';
  static override examples = ['machine reset'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

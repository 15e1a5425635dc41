import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineInfo extends SelkieCommand {
  static override summary = 'Show what machines run on';
  static override examples = ['machine info'];
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

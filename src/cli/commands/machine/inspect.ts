import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineInspect extends SelkieCommand {
  static override summary = 'Show all that is known about machines';
  static override examples = ['machine inspect'];
  static override usage = '[MACHINE...]';
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { complete: ['machines'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

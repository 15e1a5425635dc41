import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class MachineStop extends SelkieCommand {
  static override summary = 'Stop a machine';
  static override examples = ['machine stop'];
  static override usage = '[MACHINE]';
  static override args: Arguments = { max: 1, complete: ['machines'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

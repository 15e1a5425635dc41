import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineRm extends SelkieCommand {
  static override summary = 'Remove a machine';
  static override examples = ['machine rm mymachine'];
  static override usage = '[MACHINE]';
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
    'save-ignition': flag.bool({ summary: 'Keep the Ignition file' }),
    'save-image': flag.bool({ summary: "Keep the machine's image" }),
  };
  static override args: Arguments = { max: 1, complete: ['machines'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

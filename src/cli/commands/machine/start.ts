import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineStart extends SelkieCommand {
  static override summary = 'Start a machine';
  static override examples = ['machine start'];
  static override usage = '[MACHINE]';
  static override flags = {
    'no-info': flag.bool({ summary: 'Show no hints' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { max: 1, complete: ['machines'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

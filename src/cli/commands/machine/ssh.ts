import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class MachineSsh extends SelkieCommand {
  static override summary = 'Run a command in a machine, or a shell';
  static override examples = ['machine ssh', 'machine ssh mymachine uname -r'];
  static override usage = '[NAME] [COMMAND [ARG ...]]';
  static override flags = {
    username: flag.string({ summary: 'User of the machine' }),
  };
  static override args: Arguments = { complete: ['none'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}

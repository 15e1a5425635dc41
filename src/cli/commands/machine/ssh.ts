import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineSsh extends MachineCommand {
  static override summary = 'Run a command in a machine, or a shell';
  static override examples = ['machine ssh', 'machine ssh mymachine uname -r'];
  static override usage = '[NAME] [COMMAND [ARG ...]]';
  static override flags = {
    username: flag.string({ summary: 'User of the machine' }),
  };
  static override args: Arguments = { complete: ['none'] };
  static override interspersed = false;
}

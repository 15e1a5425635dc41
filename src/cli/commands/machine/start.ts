import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineStart extends MachineCommand {
  static override summary = 'Start a machine';
  static override examples = ['machine start'];
  static override usage = '[MACHINE]';
  static override flags = {
    'no-info': flag.bool({ summary: 'Show no hints' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { max: 1, complete: ['machines'] };
}

import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineRm extends MachineCommand {
  static override summary = 'Remove a machine';
  static override examples = ['machine rm mymachine'];
  static override usage = '[MACHINE]';
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
    'save-ignition': flag.bool({ summary: 'Keep the Ignition file' }),
    'save-image': flag.bool({ summary: "Keep the machine's image" }),
  };
  static override args: Arguments = { max: 1, complete: ['machines'] };
}

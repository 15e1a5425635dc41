import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineInfo extends MachineCommand {
  static override summary = 'Show what machines run on';
  static override examples = ['machine info'];
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };
}

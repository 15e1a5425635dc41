import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineReset extends MachineCommand {
  static override summary = 'Remove all machines';
  static override examples = ['machine reset'];
  static override flags = {
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };
}

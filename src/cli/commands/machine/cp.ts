import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineCp extends MachineCommand {
  static override summary = 'Copy files between this host and a machine';
  static override examples = ['machine cp file mymachine:~/'];
  static override usage = 'SRC_PATH DEST_PATH';
  static override flags = {
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { min: 2, max: 2 };
}

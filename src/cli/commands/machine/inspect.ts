import type { Arguments } from '../../arity.ts';
import { flag } from '../../flag.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineInspect extends MachineCommand {
  static override summary = 'Show all that is known about machines';
  static override examples = ['machine inspect'];
  static override usage = '[MACHINE...]';
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { complete: ['machines'] };
}

import type { Arguments } from '../../arity.ts';
import { MachineCommand } from '../../machine-command.ts';

export default class MachineStop extends MachineCommand {
  static override summary = 'Stop a machine';
  static override examples = ['machine stop'];
  static override usage = '[MACHINE]';
  static override args: Arguments = { max: 1, complete: ['machines'] };
}

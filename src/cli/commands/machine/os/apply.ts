import type { Arguments } from '../../../arity.ts';
import { flag } from '../../../flag.ts';
import { MachineCommand } from '../../../machine-command.ts';

export default class MachineOsApply extends MachineCommand {
  static override summary = 'Change the operating system of a machine';
  static override examples = ['machine os apply quay.io/podman/machine-os:6'];
  static override usage = 'IMAGE [NAME]';
  static override flags = {
    restart: flag.bool({ summary: 'Start the machine again' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images'] };
}

import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class MachineOsApply extends SelkieCommand {
  static override summary = 'Change the operating system of a machine';
  static override examples = ['machine os apply quay.io/podman/machine-os:6'];
  static override usage = 'IMAGE [NAME]';
  static override flags = {
    restart: flag.bool({ summary: 'Start the machine again' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

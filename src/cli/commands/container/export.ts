import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerExport extends SelkieCommand {
  static override summary = "Write a container's filesystem as a tar archive";
  static override examples = ['export mycontainer -o rootfs.tar'];
  static override usage = 'CONTAINER';
  static override flags = {
    output: flag.string({ short: 'o', summary: 'Write to this file', complete: 'files' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

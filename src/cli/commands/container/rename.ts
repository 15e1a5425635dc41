import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class ContainerRename extends SelkieCommand {
  static override summary = 'Give a container another name';
  static override examples = ['rename mycontainer web'];
  static override usage = 'CONTAINER NAME';
  static override args: Arguments = { min: 2, max: 2, complete: ['containers', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

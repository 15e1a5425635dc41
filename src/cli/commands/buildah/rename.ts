import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class BuildahRename extends SelkieCommand {
  static override summary = 'Give a working container another name';
  static override examples = ['rename mybuilder app-builder'];
  static override args: Arguments = { min: 2, max: 2, complete: ['workingContainers', 'none'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

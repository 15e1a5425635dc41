import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class PodExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a pod';
  static override examples = ['pod exists web'];
  static override usage = 'POD';
  static override args: Arguments = { min: 1, max: 1, complete: ['pods'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class SystemRenumber extends SelkieCommand {
  static override summary = 'Give containers, pods and volumes their locks anew';
  static override examples = ['system renumber'];
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class SecretExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a secret';
  static override examples = ['secret exists mypassword'];
  static override usage = 'SECRET';
  static override args: Arguments = { min: 1, max: 1, complete: ['secrets'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

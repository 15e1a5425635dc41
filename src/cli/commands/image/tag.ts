import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class ImageTag extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE TARGET_NAME [TARGET_NAME...]';
  static override args: Arguments = { min: 2, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

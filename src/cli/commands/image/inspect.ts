import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageInspect extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

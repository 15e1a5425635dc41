import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageRm extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    force: flag.bool({ short: 'f', summary: '' }),
    ignore: flag.bool({ short: 'i', summary: '' }),
    'no-prune': flag.bool({ summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'image name or ID must be specified', unless: ['all'], complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

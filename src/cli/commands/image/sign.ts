import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageSign extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ valueName: 'Pathname', summary: '', complete: 'directories' }),
    directory: flag.string({ short: 'd', summary: '', complete: 'directories' }),
    'sign-by': flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

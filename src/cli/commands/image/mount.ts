import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageMount extends SelkieCommand {
  static override summary = '';
  static override usage = '[IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    format: flag.string({ summary: '' }),
  };
  static override args: Arguments = { complete: ['images'] };
  static override parentNamespace = true;

  override run(): void {
    throw new NotYet(this.path);
  }
}

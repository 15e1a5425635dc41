import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageLoad extends SelkieCommand {
  static override summary = '';
  static override flags = {
    input: flag.string({ short: 'i', summary: '', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

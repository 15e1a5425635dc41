import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageHistory extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE';
  static override flags = {
    format: flag.string({ summary: '' }),
    human: flag.bool({ short: 'H', default: true, summary: '' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageImport extends SelkieCommand {
  static override summary = '';
  static override usage = 'PATH [REFERENCE]';
  static override flags = {
    arch: flag.string({ summary: '' }),
    change: flag.stringArray({ short: 'c', summary: '' }),
    message: flag.string({ short: 'm', summary: '' }),
    os: flag.string({ summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    variant: flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['files', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

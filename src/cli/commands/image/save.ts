import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageSave extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    compress: flag.bool({ summary: '' }),
    format: flag.string({ default: 'docker-archive', summary: '' }),
    'multi-image-archive': flag.bool({ short: 'm', summary: '' }),
    output: flag.string({ short: 'o', summary: '', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    uncompressed: flag.bool({ summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'need at least 1 argument', complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class ImageTrustSet extends SelkieCommand {
  static override summary = '';
  static override usage = 'REGISTRY';
  static override flags = {
    pubkeysfile: flag.stringArray({ short: 'f', summary: '', complete: 'files' }),
    type: flag.string({ short: 't', default: 'signedBy', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['registries'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

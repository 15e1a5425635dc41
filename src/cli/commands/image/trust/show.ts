import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class ImageTrustShow extends SelkieCommand {
  static override summary = '';
  static override usage = '[REGISTRY]';
  static override flags = {
    json: flag.bool({ short: 'j', summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    raw: flag.bool({ summary: '' }),
    registrypath: flag.string({ hidden: true, summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['registries'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

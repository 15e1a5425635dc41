import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ManifestCreate extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST [IMAGE...]';
  static override flags = {
    all: flag.bool({ summary: '' }),
    amend: flag.bool({ short: 'a', summary: '' }),
    annotation: flag.stringArray({ summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['none', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

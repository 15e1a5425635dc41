import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { selection } from '../../flags/selection.ts';

export default class ContainerRunlabel extends SelkieCommand {
  static override summary = '';
  static override usage = 'LABEL IMAGE [ARG...]';
  static override flags = {
    ...pick(selection, 'authfile', 'cert-dir', 'signature-policy'),
    creds: flag.string({ valueName: 'Credentials', summary: '', complete: 'none' }),
    display: flag.bool({ summary: '' }),
    name: flag.string({ short: 'n', summary: '' }),
    opt1: flag.string({ hidden: true, summary: '' }),
    opt2: flag.string({ hidden: true, summary: '' }),
    opt3: flag.string({ hidden: true, summary: '' }),
    pull: flag.bool({ short: 'p', hidden: true, summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    replace: flag.bool({ summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 2, complete: ['none', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

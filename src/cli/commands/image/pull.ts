import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { selection } from '../../flags/selection.ts';

export default class ImagePull extends SelkieCommand {
  static override summary = '';
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    ...pick(
      selection,
      'arch',
      'authfile',
      'cert-dir',
      'decryption-key',
      'disable-content-trust',
      'os',
      'platform',
      'retry',
      'retry-delay',
      'signature-policy',
    ),
    'all-tags': flag.bool({ short: 'a', summary: '' }),
    creds: flag.string({ valueName: 'Credentials', summary: '', complete: 'none' }),
    policy: flag.string({ default: 'always', summary: '', choices: ['always', 'missing', 'never', 'newer'] }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    variant: flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahLogin extends SelkieCommand {
  static override summary = '';
  static override flags = {
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compat-auth-file': flag.string({ summary: '', complete: 'files' }),
    'get-login': flag.bool({ default: true, summary: '' }),
    password: flag.string({ short: 'p', summary: '' }),
    'password-stdin': flag.bool({ summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    username: flag.string({ short: 'u', summary: '' }),
    verbose: flag.bool({ short: 'v', summary: '' }),
  };
  static override args: Arguments = { complete: ['registries'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

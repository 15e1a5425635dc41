import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class Login extends SelkieCommand {
  static override summary = '';
  static override usage = '[REGISTRY]';
  static override flags = {
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    'compat-auth-file': flag.string({ summary: '', complete: 'files' }),
    'get-login': flag.bool({ summary: '' }),
    password: flag.string({ short: 'p', summary: '' }),
    'password-stdin': flag.bool({ summary: '' }),
    secret: flag.string({ summary: '', complete: 'secrets' }),
    'tls-verify': flag.optionalBool({ summary: '' }),
    username: flag.string({ short: 'u', summary: '' }),
    verbose: flag.bool({ short: 'v', summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['registries'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SkopeoLogout extends SelkieCommand {
  static override summary = '';
  static override usage = 'REGISTRY';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'compat-auth-file': flag.string({ summary: '', complete: 'files' }),
    'tls-verify': flag.optionalBool({ summary: '' }),
  };
  static override args: Arguments = { complete: ['registries'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}

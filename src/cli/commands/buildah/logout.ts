import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahLogout extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ short: 'a', summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'compat-auth-file': flag.string({ summary: '', complete: 'files' }),
  };
  static override args: Arguments = { complete: ['registries'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahSourcePush extends SelkieCommand {
  static override summary = '';
  static override flags = {
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    digestfile: flag.string({ summary: '', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

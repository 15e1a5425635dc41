import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class AutoUpdate extends SelkieCommand {
  static override summary = '';
  static override flags = {
    authfile: flag.string({ summary: '', complete: 'files' }),
    'dry-run': flag.bool({ summary: '' }),
    format: flag.string({ summary: '' }),
    rollback: flag.bool({ default: true, summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

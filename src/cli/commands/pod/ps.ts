import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodPs extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'ctr-ids': flag.bool({ summary: '' }),
    'ctr-names': flag.bool({ summary: '' }),
    'ctr-status': flag.bool({ summary: '' }),
    filter: flag.stringArray({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: '' }),
    noheading: flag.bool({ short: 'n', summary: '' }),
    ns: flag.bool({ aliases: ['namespace'], summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    sort: flag.string({ default: 'created', summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

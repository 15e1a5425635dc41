import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemEvents extends SelkieCommand {
  static override summary = '';
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: '' }),
    format: flag.string({ summary: '' }),
    'no-trunc': flag.bool({ default: true, summary: '' }),
    since: flag.string({ summary: '' }),
    stream: flag.bool({ default: true, summary: '' }),
    until: flag.string({ summary: '' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SystemInfo extends SelkieCommand {
  static override summary = '';
  static override flags = {
    debug: flag.bool({ short: 'D', hidden: true, summary: 'Accepted; without effect' }),
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

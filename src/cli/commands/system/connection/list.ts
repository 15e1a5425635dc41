import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class SystemConnectionList extends SelkieCommand {
  static override summary = 'List connections';
  static override examples = ['system connection list'];
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

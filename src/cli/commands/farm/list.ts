import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class FarmList extends SelkieCommand {
  static override summary = 'List farms';
  static override examples = ['farm list'];
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahInfo extends SelkieCommand {
  static override summary = 'Show the host and the store';
  static override examples = ['info'];
  static override flags = {
    debug: flag.bool({ short: 'd', summary: 'Accepted; without effect' }),
    format: flag.string({ valueName: 'format', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}

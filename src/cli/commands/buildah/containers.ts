import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahContainers extends SelkieCommand {
  static override summary = 'List working containers';
  static override examples = ['containers', 'containers --json'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Working containers of other tools too' }),
    filter: flag.string({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    json: flag.bool({ summary: 'As JSON' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    notruncate: flag.bool({ summary: 'Show everything in full' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = {};

  override run(): void {
    throw new NotYet(this.path);
  }
}

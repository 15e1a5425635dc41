import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class PodPs extends SelkieCommand {
  static override summary = 'List pods';
  static override examples = ['pod ps', 'pod ps --filter status=running'];
  static override flags = {
    'ctr-ids': flag.bool({ summary: 'Show the IDs of the containers' }),
    'ctr-names': flag.bool({ summary: 'Show the names of the containers' }),
    'ctr-status': flag.bool({ summary: 'Show the states of the containers' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    ns: flag.bool({ aliases: ['namespace'], summary: 'Show namespaces' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
    sort: flag.string({ default: 'created', summary: 'In the order of this column' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class VolumeLs extends SelkieCommand {
  static override summary = 'List volumes';
  static override examples = ['volume ls --filter dangling=true'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ default: '{{range .}}{{.Driver}}\t{{.Name}}\n{{end -}}', summary: '"json", or a Go template' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

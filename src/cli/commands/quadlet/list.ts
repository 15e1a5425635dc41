import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class QuadletList extends SelkieCommand {
  static override summary = 'List installed unit files';
  static override examples = ['quadlet list'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({
      default: '{{range .}}{{.Name}}\t{{.UnitName}}\t{{.Path}}\t{{.Status}}\t{{.App}}\n{{end -}}',
      summary: '"json", or a Go template',
    }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

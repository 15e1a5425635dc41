import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class SecretLs extends SelkieCommand {
  static override summary = 'List secrets';
  static override examples = ['secret ls'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({
      default: '{{range .}}{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}\n{{end -}}',
      summary: '"json", or a Go template',
    }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

import { secretsOf } from '../../../container/secrets.ts';
import { filterSecrets } from '../../../secret/secret-filters.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { renderReport } from '../../output/report.ts';
import { named } from '../../output/template/values.ts';
import { humanDuration } from '../../output/units.ts';

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
    const { flags, changed } = this.parse(SecretLs);
    using engine = openContainers(this.globals);
    const secrets = filterSecrets(secretsOf(engine).list(), flags.filter);
    if (flags.quiet && !changed('format')) {
      for (const { id } of secrets) this.out(id);
      return;
    }
    const ago = (text: string): string => `${humanDuration(Date.now() - Date.parse(text))} ago`;
    const rows = secrets.map(({ id, name, driver, createdAt, updatedAt }) =>
      named('*types.SecretListReport', {
        ID: id,
        Name: name,
        Driver: driver,
        CreatedAt: ago(createdAt),
        UpdatedAt: ago(updatedAt),
      }),
    );
    this.write(
      renderReport(rows, {
        name: 'ls',
        format: changed('format') ? flags.format : '',
        standard: '{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}',
        headings: { CreatedAt: 'CREATED', UpdatedAt: 'UPDATED' },
        noHeading: flags.noheading,
      }),
    );
  }
}

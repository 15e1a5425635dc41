import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ArtifactLs extends SelkieCommand {
  static override summary = 'List the artifacts of the store';
  static override examples = ['artifact ls'];
  static override flags = {
    format: flag.string({
      default: '{{range .}}{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.Created}}\t{{.Size}}\n{{end -}}',
      summary: '"json", or a Go template',
    }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}

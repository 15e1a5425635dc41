import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { ArtifactRow } from '../../output/artifact-row.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';

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
    const { flags, changed } = this.parse(ArtifactLs);
    using artifacts = openArtifacts(this.globals);
    const rows = artifacts.list().map((artifact) => new ArtifactRow(artifact, !flags['no-trunc']));
    if (changed('format') && isJsonFormat(flags.format)) this.out(prettyJson(rows));
    else
      this.write(
        renderReport(rows, {
          name: 'ls',
          format: changed('format') ? flags.format : '',
          standard: '{{.Repository}}	{{.Tag}}	{{.Digest}}	{{.Created}}	{{.Size}}',
          noHeading: flags.noheading,
        }),
      );
  }
}

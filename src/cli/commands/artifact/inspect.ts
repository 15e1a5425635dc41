import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { ArtifactView } from '../../output/artifact-view.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';

export default class ArtifactInspect extends SelkieCommand {
  static override summary = 'Show what an artifact consists of';
  static override examples = ['artifact inspect quay.io/me/model:1'];
  static override usage = 'ARTIFACT';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['artifacts'] };

  override run(): void {
    const { flags, args } = this.parse(ArtifactInspect);
    using artifacts = openArtifacts(this.globals);
    const view = new ArtifactView(artifacts.find(args[0]!));
    if (flags.format === '' || isJsonFormat(flags.format)) this.out(prettyJson(view, '     '));
    else this.write(renderReport([view], { name: 'inspect', format: flags.format, standard: '' }));
  }
}

import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { buildahImageJson, buildahImageRows, renderBuildahImages } from '../../output/buildah-image-row.ts';

export default class BuildahImages extends SelkieCommand {
  static override summary = 'List images';
  static override examples = ['images'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Intermediate images too' }),
    digests: flag.bool({ summary: 'Show digests' }),
    filter: flag.strings({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    history: flag.bool({ summary: 'Show the names that the images had before' }),
    json: flag.bool({ summary: 'As JSON' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { complete: ['images'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(BuildahImages);
    refuseLateFlags(args);
    if (args.length > 1) throw new SelkieError("'buildah images' requires at most 1 argument");
    if (flags.quiet && flags.format) throw new SelkieError('quiet and format are mutually exclusive');
    using images = openImages(this.globals);
    if (args.length > 0 && flags.all) throw new SelkieError('cannot specify an image and --all');
    const name = args[0];
    const only = name === undefined ? undefined : images.lookup(name).id;
    const summaries = images
      .summarize({ all: flags.all, filters: [...flags.filter] })
      .filter(({ Id }) => only === undefined || Id === only);
    if (flags.json) {
      this.out(
        goJson(
          summaries.map((summary) => buildahImageJson(summary)),
          '    ',
        ),
      );
      return;
    }
    const rows = buildahImageRows(summaries, !flags['no-trunc']);
    if (flags.quiet) for (const id of new Set(rows.map(({ ID }) => ID))) this.out(id);
    else this.write(renderBuildahImages(rows, flags));
  }
}

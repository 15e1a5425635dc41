import { createManifestList } from '../../../image/list-commands.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toAnnotations } from '../../flags/annotations.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';

export default class ManifestCreate extends SelkieCommand {
  static override summary = 'Make a list';
  static override examples = ['manifest create app', 'manifest create app app:amd64 app:arm64'];
  static override usage = 'LIST [IMAGE...]';
  static override flags = {
    all: flag.bool({ summary: 'Add every image of the lists that are named' }),
    amend: flag.bool({ short: 'a', summary: 'Change the list when it is there already' }),
    annotation: flag.stringArray({ summary: 'Annotation, as key=value' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ManifestCreate);
    const wrong = (text: string) => `expected --annotation ${JSON.stringify(text)} to be in key=value format`;
    const options = {
      ...toCopyOptions(flags, changed),
      all: flags.all,
      amend: flags.amend,
      annotations: toAnnotations(flags.annotation, wrong),
    };
    using images = openImages(this.globals);
    this.out(await createManifestList(images, args[0]!, args.slice(1), options));
  }
}

import { SelkieError } from '../../../../errors.ts';
import { createManifestList } from '../../../../image/list-commands.ts';
import { ListNameTaken } from '../../../../image/list-edit.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toAnnotations } from '../../../flags/annotations.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';

export default class BuildahManifestCreate extends SelkieCommand {
  static override summary = 'Make a list';
  static override examples = ['manifest create app'];
  static override flags = {
    all: flag.bool({ summary: 'Add every image of the lists that are named' }),
    amend: flag.bool({ summary: 'Change the list when it is there already' }),
    annotation: flag.strings({ valueName: 'annotation', summary: 'Annotation, as key=value' }),
    arch: flag.string({ aliases: ['override-arch'], hidden: true, summary: 'Architecture that the list is to say' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    os: flag.string({ aliases: ['override-os'], hidden: true, summary: 'Operating system that the list is to say' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahManifestCreate);
    const options = { ...toCopyOptions(flags, changed), all: flags.all, amend: flags.amend, annotations: toAnnotations(flags.annotation) };
    using images = openImages(this.globals);
    try {
      this.out(await createManifestList(images, args[0]!, args.slice(1), options));
    } catch (error) {
      if (!(error instanceof ListNameTaken)) throw error;
      const { listName, imageId } = error;
      throw new SelkieError(
        `image name ${JSON.stringify(listName)} is already associated with image ${JSON.stringify(imageId)}: that name is already in use`,
        { cause: error },
      );
    }
  }
}

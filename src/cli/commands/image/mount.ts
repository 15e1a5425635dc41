import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { type ImageMount, mountedImages, mountImages } from '../../../image/image-mount.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat } from '../../output/report.ts';
import { renderTable } from '../../output/table.ts';

export default class ImageMountCommand extends SelkieCommand {
  static override summary = 'Mount images and print where';
  static override description = 'Without a name, list those that are mounted.';
  static override examples = ['image mount fedora'];
  static override usage = '[IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Mount every image' }),
    format: flag.string({ summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { complete: ['images'] };

  override run(): void {
    const { flags, args } = this.parse(ImageMountCommand);
    if (args.length > 0 && flags.all) throw new SelkieError('when using the --all switch, you may not pass any image names or IDs');
    using images = openImages(this.globals);
    const mounts = flags.all || args.length > 0 ? mountImages(images, args, flags.all) : mountedImages(images);
    if (args.length === 1 && flags.format === '' && !flags.all) this.out(mounts[0]!.path);
    else if (isJsonFormat(flags.format)) this.out(goJson(mounts.map(mountJson), ' '));
    else if (flags.format !== '') throw new SelkieError(`unknown --format argument: ${JSON.stringify(flags.format)}`);
    else
      this.write(
        renderTable(
          undefined,
          mounts.map(({ image, path }) => [image.repoTags[0] ?? image.id, path]),
        ),
      );
  }
}

function mountJson({ image, path }: ImageMount): Record<string, unknown> {
  return { id: image.id, Names: [image.digest], Repositories: image.repoTags, mountpoint: path };
}

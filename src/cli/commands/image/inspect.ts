import { SelkieError } from '../../../errors.ts';
import { ImageItemMissing } from '../../../image/image-errors.ts';
import type { ImageInspect as InspectedImage } from '../../../image/inspect.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { printInspected } from '../../output/inspected.ts';

export default class ImageInspect extends SelkieCommand {
  static override summary = 'Show all that is known about images';
  static override examples = ['image inspect fedora'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', complete: ['images'] };

  override run(): void {
    const { flags, args } = this.parse(ImageInspect);
    using images = openImages(this.globals);
    const found: InspectedImage[] = [];
    const errors: Error[] = [];
    for (const name of args) {
      try {
        found.push(images.inspect(images.lookup(name), { parent: true }));
      } catch (error) {
        if (!(error instanceof SelkieError) || error instanceof ImageItemMissing) throw error;
        errors.push(error);
      }
    }
    printInspected(
      found.map((data) => ({ type: 'image', data })),
      flags.format,
      errors,
    );
  }
}

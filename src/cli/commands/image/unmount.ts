import { SelkieError } from '../../../errors.ts';
import { unmountImages } from '../../../image/image-mount.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class ImageUnmount extends SelkieCommand {
  static override summary = 'Unmount images';
  static override examples = ['image unmount fedora'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Unmount every image' }),
    force: flag.bool({ short: 'f', summary: 'Unmount even while it is in use' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'image name or ID must be specified', unless: ['all'], complete: ['images'] };

  override run(): void {
    const { flags, args } = this.parse(ImageUnmount);
    if (flags.all && args.length > 0) throw new SelkieError('when using the --all switch, you may not pass any image names or IDs');
    using images = openImages(this.globals);
    const errors: Error[] = [];
    for (const { id, error } of unmountImages(images, args, flags.all, flags.force)) {
      if (error) errors.push(error);
      else this.out(id);
    }
    throwLast(errors);
  }
}

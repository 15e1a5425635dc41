import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';

export default class ImageUntag extends SelkieCommand {
  static override summary = 'Take names from an image';
  static override examples = ['untag app quay.io/me/app:1'];
  static override usage = 'IMAGE [IMAGE...]';
  static override args: Arguments = { min: 1, complete: ['images'] };

  override run(): void {
    const { args } = this.parse(ImageUntag);
    using images = openImages(this.globals);
    images.untag(images.lookup(args[0]!), args.slice(1));
  }
}

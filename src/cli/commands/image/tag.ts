import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';

export default class ImageTag extends SelkieCommand {
  static override summary = 'Give an image further names';
  static override examples = ['tag app quay.io/me/app:1'];
  static override usage = 'IMAGE TARGET_NAME [TARGET_NAME...]';
  static override args: Arguments = { min: 2, complete: ['images'] };

  override run(): void {
    const { args } = this.parse(ImageTag);
    using images = openImages(this.globals);
    images.tag(images.lookup(args[0]!, { manifestList: true }), args.slice(1));
  }
}

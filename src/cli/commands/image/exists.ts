import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';

export default class ImageExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is an image';
  static override examples = ['image exists fedora'];
  static override usage = 'IMAGE';
  static override args: Arguments = { min: 1, max: 1, complete: ['images'] };

  override run(): void {
    const { args } = this.parse(ImageExists);
    using images = openImages(this.globals);
    if (!images.exists(args[0]!)) this.exitCode = 1;
  }
}
